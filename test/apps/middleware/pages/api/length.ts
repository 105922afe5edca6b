import type { NextApiRequest, NextApiResponse } from "next";

export const config = { api: { bodyParser: false } };

export default async function length(req: NextApiRequest, res: NextApiResponse) {
  let bytes = 0;
  for await (const chunk of req) bytes += (chunk as Uint8Array).length;
  res.json({ bytes });
}
