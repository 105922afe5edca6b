import type { NextApiRequest, NextApiResponse } from "next";

const marks = ((globalThis as { marks?: string[] }).marks ??= []);

export default function list(req: NextApiRequest, res: NextApiResponse) {
  if (typeof req.query.add === "string") marks.push(req.query.add);
  res.json([...marks].sort());
}
