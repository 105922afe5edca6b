import { Readable } from "stream";

let made = 0;
export const config = { api: { responseLimit: false } };
export default function handler(req, res) {
  if (req.query.log) return res.send(String(made));
  function* rows() {
    for (let i = 0; i < 200_000; i++) {
      made++;
      yield "0123456789abcdefghijklmnopqrstuvwxyz\n";
    }
  }
  Readable.from(rows()).pipe(res);
}
