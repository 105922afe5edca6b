export default function handler(req, res) {
  res.json({ method: req.method, query: req.query, body: req.body ?? null });
}
