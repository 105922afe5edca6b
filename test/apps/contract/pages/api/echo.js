const wanted = ["content-type", "x-test", "x-nextjs-data", "x-matched-path", "accept-language"];

export default function handler(req, res) {
  const body = req.body;
  res.status(200).json({
    method: req.method,
    url: req.url,
    query: req.query,
    cookies: req.cookies,
    body,
    bodyType: Buffer.isBuffer(body) ? "buffer" : typeof body,
    headers: Object.fromEntries(wanted.map((name) => [name, req.headers[name] ?? null])),
  });
}
