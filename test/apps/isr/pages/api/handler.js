import fs from "fs";
import path from "path";

/** What the cache handler has been asked for since the last time. */
export default function handler(req, res) {
  const file = path.join(process.env.COUNT_DIR, "handler");
  const events = fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().split("\n") : [];
  fs.rmSync(file, { force: true });
  res.json(events.map((line) => JSON.parse(line)));
}
