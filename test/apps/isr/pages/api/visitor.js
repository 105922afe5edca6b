/** Answers with the visitor's cookie, after a while, in three ways of reading it. */
export default async function handler(req, res) {
  const early = req.cookies.visitor;
  res.setHeader("Set-Cookie", `seen=${early}; Path=/`);
  await new Promise((resolve) => setTimeout(resolve, Number(req.query.wait ?? 0)));
  res.json({ early, late: req.cookies.visitor, header: req.headers.cookie });
}
