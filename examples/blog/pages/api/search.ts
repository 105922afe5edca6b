import type { NextApiRequest, NextApiResponse } from "next";
import { type PostSummary, searchPosts } from "@/blog/posts";

type Answer = { query: string; results: PostSummary[] } | { error: string };

export default function handler(req: NextApiRequest, res: NextApiResponse<Answer>) {
  if (req.method !== "GET" && req.method !== "HEAD") {
    res.setHeader("Allow", "GET, HEAD");
    return res.status(405).json({ error: `Method ${req.method} is not allowed here.` });
  }
  const { q = "" } = req.query;
  if (typeof q !== "string" || q.length > 100) {
    return res.status(400).json({ error: "Pass one q of at most 100 characters." });
  }
  res.setHeader("Cache-Control", "public, max-age=60");
  return res.status(200).json({ query: q, results: searchPosts(q) });
}
