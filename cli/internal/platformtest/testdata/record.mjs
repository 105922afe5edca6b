// Records what Node.js answers to the snippets of cases.txtar.
// Usage: node record.mjs   (with the Node.js release the platform follows: 20)
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { inspect } from "node:util";

const here = new URL(".", import.meta.url);
const require = createRequire(import.meta.url);
const text = readFileSync(new URL("cases.txtar", here), "utf8");
const AsyncFunction = (async () => {}).constructor;
const expected = {};
for (const part of text.split(/^-- /m).slice(1)) {
  const end = part.indexOf(" --\n");
  const name = part.slice(0, end);
  const lines = [];
  const print = (...values) => lines.push(values.map((v) => (typeof v === "string" ? v : inspect(v))).join(" "));
  try {
    const run = new AsyncFunction("require", "print", "arg", part.slice(end + 4))(require, print, null);
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error("took too long")), 10_000));
    await Promise.race([run, late]);
  } catch (e) {
    lines.push("threw " + (e && e.message !== undefined ? e.name + (e.code === undefined ? "" : " [" + e.code + "]") + ": " + e.message : String(e)));
  }
  expected[name] = lines;
}
writeFileSync(new URL("expected.json", here), JSON.stringify(expected, null, 1) + "\n");
process.exit();
