import type { NextApiRequest, NextApiResponse } from "next";

export default async function revalidate(req: NextApiRequest, res: NextApiResponse) {
  await res.revalidate(String(req.query.path));
  res.json({ revalidated: true });
}
