import type { NextApiRequest, NextApiResponse } from "next";
import { seen } from "../../lib/page";

export default function echo(req: NextApiRequest, res: NextApiResponse) {
  res.json({ method: req.method, url: req.url, query: req.query, cookies: req.cookies, headers: seen(req.headers), body: req.body ?? null });
}
