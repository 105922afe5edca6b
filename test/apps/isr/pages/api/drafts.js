/** Turns preview mode on, and tells which cookies that takes: browsers keep them only on https. */
export default function handler(req, res) {
  res.setPreviewData({ user: "ada" });
  res.json(res.getHeader("Set-Cookie").map((cookie) => cookie.split(";")[0]));
}
