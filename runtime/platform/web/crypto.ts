/** globalThis.crypto. SubtleCrypto is made at first use. */
import { callBytes } from "../host";
import { DOMException } from "./dom-exception";
import { invalidArgType } from "../errors";
import type { SubtleCrypto } from "./subtle";

declare const require: (path: string) => unknown;

/** Random bytes fetched ahead: a UUID must not cost a call of Go each. */
const poolSize = 4096;
let pool: Uint8Array | undefined;
let used = poolSize;

/** count random bytes; a view that is only valid until the next call for small counts. */
export function randomBytes(count: number): Uint8Array {
  if (count > poolSize / 4) {
    const all = new Uint8Array(count);
    for (let at = 0; at < count; at += 65536) all.set(callBytes("random", String(Math.min(65536, count - at))), at);
    return all;
  }
  if (!pool || used + count > poolSize) {
    pool = callBytes("random", String(poolSize));
    used = 0;
  }
  const taken = pool.slice(used, used + count);
  // What was handed out must not stay behind.
  pool.fill(0, used, used + count);
  used += count;
  return taken;
}

const hex = Array.from({ length: 256 }, (_, i) => (i < 16 ? "0" : "") + i.toString(16));

export function randomUUID(): string {
  const b = randomBytes(16);
  b[6] = (b[6]! & 0x0f) | 0x40;
  b[8] = (b[8]! & 0x3f) | 0x80;
  let out = "";
  for (let i = 0; i < 16; i++) out += (i === 4 || i === 6 || i === 8 || i === 10 ? "-" : "") + hex[b[i]!];
  return out;
}

export function getRandomValues<T extends ArrayBufferView>(view: T): T {
  const isFloat = view instanceof Float32Array || view instanceof Float64Array || view instanceof DataView;
  if (!ArrayBuffer.isView(view)) throw invalidArgType("typedArray", "TypedArray", view);
  if (isFloat) throw new DOMException("The data argument must be an integer-type TypedArray", "TypeMismatchError");
  if (view.byteLength > 65536) {
    throw new DOMException(`The requested length exceeds 65,536 bytes`, "QuotaExceededError");
  }
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(randomBytes(view.byteLength));
  return view;
}

let subtle: SubtleCrypto | undefined;

export class Crypto {
  get subtle(): SubtleCrypto {
    return (subtle ??= new (require("./subtle") as { SubtleCrypto: new () => SubtleCrypto }).SubtleCrypto());
  }
  getRandomValues<T extends ArrayBufferView>(view: T): T { return getRandomValues(view); }
  randomUUID(): string { return randomUUID(); }
}
Object.defineProperty(Crypto.prototype, Symbol.toStringTag, { value: "Crypto", configurable: true });

export const crypto = new Crypto();
