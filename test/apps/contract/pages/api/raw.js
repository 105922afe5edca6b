export const config = { api: { bodyParser: false } };

export default async function handler(req, res) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const all = Buffer.concat(chunks);
  res.json({ parsed: typeof req.body, bytes: all.length, text: all.subarray(0, 20).toString("utf8") });
}
