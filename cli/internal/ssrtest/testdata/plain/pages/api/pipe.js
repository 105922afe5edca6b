import { Readable } from "stream";

export const config = { api: { bodyParser: { sizeLimit: "1kb" } } };
export default function handler(req, res) {
  if (req.method === "PUT") return res.json(req.body);
  res.send(Readable.from(["a", "b", "c"]));
}
