export const config = { api: { bodyParser: false } };
export default async function handler(req, res) {
  let text = "";
  req.setEncoding("utf8");
  for await (const chunk of req) text += chunk;
  res.json({ text, parsed: req.body !== undefined, complete: req.complete });
}
