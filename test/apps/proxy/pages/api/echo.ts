import type { NextApiRequest, NextApiResponse } from "next";

export default function echo(req: NextApiRequest, res: NextApiResponse) {
  res.json({ url: req.url, query: req.query, data: req.headers["x-nextjs-data"] ?? null, body: req.body ?? null });
}
