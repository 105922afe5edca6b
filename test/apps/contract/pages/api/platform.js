import { createHash, createHmac, randomBytes, randomUUID, timingSafeEqual } from "crypto";
import { AsyncLocalStorage } from "async_hooks";
import { EventEmitter, once } from "events";
import fs from "fs/promises";
import path from "path";
import querystring from "querystring";
import { promisify } from "util";
import zlib from "zlib";

const storage = new AsyncLocalStorage();

/** What server code commonly takes from the platform. */
export default async function handler(req, res) {
  const emitter = new EventEmitter();
  setTimeout(() => emitter.emit("ready", 7), 1);
  const [seven] = await once(emitter, "ready");
  const kept = await storage.run({ id: 42 }, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return storage.getStore().id;
  });
  const zipped = await promisify(zlib.gzip)("squeeze me".repeat(50));
  res.json({
    sha256: createHash("sha256").update("abc").digest("hex"),
    hmac: createHmac("sha1", "key").update("abc").digest("base64"),
    random: randomBytes(8).length,
    uuid: /^[0-9a-f-]{36}$/.test(randomUUID()),
    equal: timingSafeEqual(Buffer.from("a"), Buffer.from("a")),
    subtle: Buffer.from(await crypto.subtle.digest("SHA-1", new TextEncoder().encode("abc"))).toString("hex"),
    seven,
    kept,
    gunzipped: (await promisify(zlib.gunzip)(zipped)).toString().length,
    file: (await fs.readFile(path.join(process.cwd(), "data", "on-disk.txt"), "utf8")).trim(),
    query: querystring.parse("a=1&a=2&b=c%20d"),
    url: new URL("../x?y=1#z", "https://example.com/a/b/").href,
    base64: btoa("é".normalize("NFD").charAt(0)),
    structured: structuredClone({ when: new Date(0), set: new Set([1]) }).when.toISOString(),
    response: await new Response("body", { headers: { "X-A": "b" } }).text(),
    intl: new Intl.NumberFormat("de-DE").format(1234567.891),
    buffer: Buffer.from("zażółć").toString("hex"),
    nextTick: await new Promise((resolve) => process.nextTick(() => resolve("ticked"))),
    microtask: await new Promise((resolve) => queueMicrotask(() => resolve("queued"))),
    aborted: AbortSignal.abort().aborted,
  });
}
