/** Cipheriv and Decipheriv of node:crypto. Go keeps no state: block and counter modes are continued from here. */
import { codedError, invalidArgType, requireString } from "../errors";
import { callBytes } from "../host";
import { KeyObject, bytesFrom } from "./keys";
import { streamModule } from "./stream";

const { Transform } = streamModule;
type Callback = (error?: Error | null) => void;

interface CipherInfo {
  name: string;
  nid: number;
  mode: "cbc" | "ctr" | "gcm" | "ecb" | "chacha20-poly1305";
  keyLength: number;
  ivLength: number;
}

const cipherList: CipherInfo[] = [];
for (const bits of [128, 192, 256]) {
  for (const mode of ["cbc", "ctr", "gcm", "ecb"] as const) {
    cipherList.push({ name: `aes-${bits}-${mode}`, nid: 0, mode, keyLength: bits / 8, ivLength: mode === "gcm" ? 12 : mode === "ecb" ? 0 : 16 });
  }
}
cipherList.push({ name: "chacha20-poly1305", nid: 1018, mode: "chacha20-poly1305", keyLength: 32, ivLength: 12 });
const byName = new Map(cipherList.map((c) => [c.name, c]));
for (const bits of [128, 192, 256]) {
  byName.set(`aes${bits}`, byName.get(`aes-${bits}-cbc`)!);
  byName.set(`id-aes${bits}-gcm`, byName.get(`aes-${bits}-gcm`)!);
}

export const cipherNames = (): string[] => [...byName.keys()].sort();

export function getCipherInfo(name: string): object | undefined {
  const c = byName.get(String(name).toLowerCase());
  if (!c) return undefined;
  const stream = c.mode === "ctr" || c.mode === "gcm" || c.mode === "chacha20-poly1305";
  return { mode: c.mode === "chacha20-poly1305" ? "stream" : c.mode, name: c.name, nid: c.nid, blockSize: stream ? undefined : 16, ivLength: c.ivLength || undefined, keyLength: c.keyLength };
}

const isAuthenticated = (c: CipherInfo): boolean => c.mode === "gcm" || c.mode === "chacha20-poly1305";

/** iv plus n, as a big-endian number of 16 bytes (or of its last 4, for GCM). */
function addCounter(iv: Uint8Array, n: number, width: 4 | 16): Uint8Array {
  const out = iv.slice();
  let carry = n;
  for (let i = 15; i >= 16 - width && carry > 0; i--) {
    const sum = out[i]! + (carry % 256);
    out[i] = sum & 255;
    carry = Math.floor(carry / 256) + (sum >> 8);
  }
  return out;
}

class CipherBase extends Transform {
  readonly #info: CipherInfo;
  readonly #decrypt: boolean;
  readonly #key: Uint8Array;
  #iv: Uint8Array;
  #pending: Uint8Array = new Uint8Array(0);
  /** Bytes that went through a counter mode. */
  #position = 0;
  /** All data of an authenticated cipher: its tag is made or checked at the end. */
  #chunks: Uint8Array[] = [];
  #aad: Uint8Array[] = [];
  #tag: Uint8Array | undefined;
  readonly #tagLength: number;
  #padding = true;
  #final = false;

  constructor(decrypt: boolean, name: unknown, key: unknown, iv: unknown, options?: { authTagLength?: number } & object) {
    super(options);
    requireString(name, "cipher");
    const info = byName.get(name.toLowerCase());
    if (!info) throw codedError("ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher");
    this.#info = info;
    this.#decrypt = decrypt;
    this.#key = (key instanceof KeyObject ? KeyObject.secretOf(key) : bytesFrom(key, "key")).slice();
    if (this.#key.length !== info.keyLength) throw codedError("ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length", RangeError);
    this.#iv = iv === null ? new Uint8Array(0) : bytesFrom(iv, "iv").slice();
    const fits = info.mode === "gcm" ? this.#iv.length > 0 : this.#iv.length === info.ivLength;
    if (!fits) throw codedError("ERR_CRYPTO_INVALID_IV", "Invalid initialization vector", TypeError);
    this.#tagLength = options?.authTagLength ?? 16;
  }

  #run(mode: string, iv: Uint8Array, data: Uint8Array, extra: { decrypt?: boolean; padding?: boolean; tag?: number; aad?: Uint8Array } = {}): Uint8Array {
    const aad = extra.aad ?? new Uint8Array(0);
    const args = { mode, decrypt: extra.decrypt ?? this.#decrypt, key: this.#key.length, iv: iv.length, aad: aad.length, tag: extra.tag ?? 0, padding: extra.padding ?? false };
    return callBytes("cipher.run", JSON.stringify(args), Buffer.concat([this.#key, iv, aad, data]));
  }

  /** The key stream of a counter mode, from where the last chunk ended. */
  #counter(data: Uint8Array): Uint8Array {
    const skip = this.#position % 16;
    const blocks = Math.floor(this.#position / 16);
    let start: Uint8Array;
    if (this.#info.mode === "gcm") {
      start = new Uint8Array(16);
      start.set(this.#iv);
      start[15] = 2; // 1 is for the tag.
      start = addCounter(start, blocks, 4);
    } else start = addCounter(this.#iv, blocks, 16);
    const padded = skip ? Buffer.concat([new Uint8Array(skip), data]) : data;
    this.#position += data.length;
    return this.#run("ctr", start, padded).subarray(skip);
  }

  #feed(data: Uint8Array): Uint8Array {
    const { mode } = this.#info;
    if (mode === "ctr") return this.#counter(data);
    if (isAuthenticated(this.#info)) {
      this.#chunks.push(data.slice());
      // Other IV lengths and ChaCha come out at the end, in one piece.
      return mode === "gcm" && this.#iv.length === 12 ? this.#counter(data) : new Uint8Array(0);
    }
    const all = this.#pending.length ? Buffer.concat([this.#pending, data]) : data;
    let whole = all.length - (all.length % 16);
    // The last block of what is decrypted may be padding: keep it back.
    if (this.#decrypt && this.#padding && whole === all.length && whole > 0) whole -= 16;
    this.#pending = all.slice(whole);
    return this.#blocks(all.subarray(0, whole), false);
  }

  #blocks(data: Uint8Array, padding: boolean): Uint8Array {
    if (data.length === 0 && !padding) return data;
    const out = this.#run(this.#info.mode, this.#iv, data, { padding });
    if (this.#info.mode === "cbc" && !padding) this.#iv = (this.#decrypt ? data : out).slice(-16);
    return out;
  }

  #finish(): Uint8Array {
    if (this.#final) throw codedError("ERR_CRYPTO_INVALID_STATE", "Unsupported state");
    this.#final = true;
    const { mode } = this.#info;
    if (mode === "ctr") return new Uint8Array(0);
    if (!isAuthenticated(this.#info)) {
      if (this.#padding) return this.#blocks(this.#pending, true);
      if (this.#pending.length === 0) return this.#pending;
      return this.#blocks(this.#pending, false);
    }
    const data = Buffer.concat(this.#chunks);
    const aad = Buffer.concat(this.#aad);
    this.#chunks = [];
    const streamed = mode === "gcm" && this.#iv.length === 12;
    if (this.#decrypt) {
      if (!this.#tag) throw new Error("Unsupported state or unable to authenticate data");
      const plain = this.#run(mode, this.#iv, Buffer.concat([data, this.#tag]), { aad, tag: this.#tag.length });
      return streamed ? new Uint8Array(0) : plain;
    }
    const sealed = this.#run(mode, this.#iv, data, { aad, tag: this.#tagLength });
    this.#tag = sealed.slice(data.length);
    return streamed ? new Uint8Array(0) : sealed.subarray(0, data.length);
  }

  update(data: unknown, inputEncoding?: string, outputEncoding?: string): unknown {
    if (this.#final) throw codedError("ERR_CRYPTO_INVALID_STATE", "Invalid state for operation update");
    if (typeof data !== "string" && !ArrayBuffer.isView(data)) throw invalidArgType("data", ["string", "Buffer", "TypedArray", "DataView"], data);
    return this.#out(this.#feed(bytesFrom(data, "data", inputEncoding)), outputEncoding);
  }
  final(outputEncoding?: string): unknown {
    return this.#out(this.#finish(), outputEncoding);
  }
  #out(bytes: Uint8Array, encoding: string | undefined): unknown {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return encoding && encoding !== "buffer" ? buffer.toString(encoding) : buffer;
  }
  setAutoPadding(on = true): this {
    this.#padding = !!on;
    return this;
  }
  setAAD(data: unknown, options?: { encoding?: string }): this {
    this.#aad.push(bytesFrom(data, "buffer", options?.encoding).slice());
    return this;
  }
  getAuthTag(): unknown {
    if (!this.#final || !this.#tag || this.#decrypt) throw codedError("ERR_CRYPTO_INVALID_STATE", "Invalid state for operation getAuthTag");
    return Buffer.from(this.#tag);
  }
  setAuthTag(tag: unknown, encoding?: string): this {
    const bytes = bytesFrom(tag, "buffer", encoding);
    if (bytes.length < 4 || bytes.length > 16) throw codedError("ERR_CRYPTO_INVALID_AUTH_TAG", `Invalid authentication tag length: ${bytes.length}`, TypeError);
    this.#tag = bytes.slice();
    return this;
  }
  _transform(chunk: unknown, encoding: string, callback: Callback): void {
    try {
      (this as unknown as { push(c: unknown): void }).push(this.update(chunk, encoding));
      callback();
    } catch (error) {
      callback(error as Error);
    }
  }
  _flush(callback: Callback): void {
    try {
      (this as unknown as { push(c: unknown): void }).push(this.final());
      callback();
    } catch (error) {
      callback(error as Error);
    }
  }
}

export class Cipheriv extends CipherBase {
  constructor(name: unknown, key: unknown, iv: unknown, options?: object) {
    super(false, name, key, iv, options);
  }
}
export class Decipheriv extends CipherBase {
  constructor(name: unknown, key: unknown, iv: unknown, options?: object) {
    super(true, name, key, iv, options);
  }
}
