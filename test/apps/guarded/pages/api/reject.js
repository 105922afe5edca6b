// A rejection that nobody handles, after the answer.
export default function handler(req, res) {
  setTimeout(() => Promise.reject(new Error("left alone")), 10);
  res.json({ ok: true });
}
