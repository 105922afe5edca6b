let seen = [];
export const config = { api: { bodyParser: false } };
export default function handler(req, res) {
  if (req.query.log) return res.send(seen.join());
  seen = [];
  req.on("aborted", () => seen.push("req aborted"));
  if (req.query.listen) req.on("error", (error) => seen.push("req " + error.code));
  req.on("close", () => seen.push("req close"));
  res.on("close", () => {
    seen.push("res close " + res.writableFinished);
    seen.push("write after: " + res.write("x", () => {}));
  });
}
