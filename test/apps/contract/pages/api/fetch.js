/** Asks this same server, to see that one request may await another. */
export default async function handler(req, res) {
  const base = `http://${req.headers.host}`;
  const answers = await Promise.all([1, 2, 3].map((n) => fetch(`${base}/api/items/${n}?q=${n}`).then((r) => r.json())));
  const posted = await fetch(`${base}/api/echo`, { method: "POST", body: JSON.stringify({ deep: 1 }), headers: { "Content-Type": "application/json" } });
  const missing = await fetch(`${base}/nowhere`);
  res.json({ answers, posted: (await posted.json()).body, missing: missing.status });
}
