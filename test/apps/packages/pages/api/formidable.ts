import fs from "node:fs";
import type { NextApiRequest, NextApiResponse } from "next";
import formidable from "formidable";

export const config = { api: { bodyParser: false } };

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  const [fields, files] = await formidable({ maxFileSize: 1 << 20 }).parse(req);
  const file = files.file![0];
  const text = fs.readFileSync(file.filepath, "utf8");
  fs.unlinkSync(file.filepath);
  res.json({ by: "formidable", title: fields.title, name: file.originalFilename, type: file.mimetype, size: file.size, text });
}
