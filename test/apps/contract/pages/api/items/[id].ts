import type { NextApiRequest, NextApiResponse } from "next";

export default function handler({ query, method }: NextApiRequest, res: NextApiResponse) {
  if (method !== "GET") {
    res.setHeader("Allow", ["GET"]);
    return res.status(405).end(`Method ${method} Not Allowed`);
  }
  res.status(200).json(query);
}
