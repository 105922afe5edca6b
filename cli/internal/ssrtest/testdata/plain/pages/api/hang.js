const seen = [];
export const config = { api: { bodyParser: false } };
export default function handler(req, res) {
  if (req.query.log) return res.send(seen.join());
  req.on("aborted", () => seen.push("req aborted"));
  req.on("error", () => {});
  req.on("close", () => seen.push("req close"));
  res.on("close", () => {
    seen.push("res close " + res.writableFinished);
    seen.push("write after: " + res.write("x", () => {}));
  });
}
