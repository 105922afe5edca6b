/** Hash and Hmac of node:crypto, as transform streams. */
import { codedError, invalidArgType } from "../errors";
import { callBytes, callText } from "../host";
import { KeyObject, bytesFrom } from "./keys";
import { streamModule } from "./stream";

const { Transform } = streamModule;
type Callback = (error?: Error | null) => void;

/** Bytes kept in JavaScript before they are hashed in Go. */
const mostPending = 1 << 20;
const sizes = new Map<string, [digest: number, block: number]>();

/** [digest bytes, block bytes]; throws for unknown names. */
export function hashSize(algorithm: string): [number, number] {
  let size = sizes.get(algorithm);
  if (!size) {
    size = JSON.parse(callText("hash.size", algorithm)) as [number, number];
    if (sizes.size < 100) sizes.set(algorithm, size);
  }
  return size;
}

/** A digest in the making: data waits here, and older data is a state that Go gave. */
class Digest {
  #state: Uint8Array | undefined;
  #pending: Uint8Array[] = [];
  #size = 0;
  constructor(readonly algorithm: string) {}
  update(bytes: Uint8Array): void {
    this.#pending.push(bytes.slice());
    this.#size += bytes.length;
    if (this.#size < mostPending) return;
    const body = Buffer.concat([this.#state ?? new Uint8Array(0), ...this.#pending]);
    this.#state = callBytes("hash.state", `${this.algorithm}\n${this.#state?.length ?? 0}`, body);
    this.#pending = [];
    this.#size = 0;
  }
  finish(): Uint8Array {
    const data = this.#pending.length === 1 && !this.#state ? this.#pending[0]! : Buffer.concat([this.#state ?? new Uint8Array(0), ...this.#pending]);
    if (!this.#state) return callBytes("hash.digest", this.algorithm, data);
    return callBytes("hash.finish", `${this.algorithm}\n${this.#state.length}`, data);
  }
  copy(): Digest {
    const copy = new Digest(this.algorithm);
    copy.#state = this.#state;
    copy.#pending = this.#pending.slice();
    copy.#size = this.#size;
    return copy;
  }
}

const encoded = (bytes: Uint8Array, encoding: string | undefined): unknown => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return encoding && encoding !== "buffer" ? buffer.toString(encoding) : buffer;
};

interface StreamSelf {
  push(chunk: unknown): boolean;
}

export class Hash extends Transform {
  #digest: Digest;
  #done = false;
  constructor(algorithm: string | Digest, options?: object) {
    super(options);
    if (typeof algorithm === "string") {
      hashSize(algorithm);
      this.#digest = new Digest(algorithm);
    } else this.#digest = algorithm;
  }
  #open(): void {
    if (this.#done) throw codedError("ERR_CRYPTO_HASH_FINALIZED", "Digest already called");
  }
  update(data: unknown, encoding?: string): this {
    this.#open();
    this.#digest.update(bytesFrom(data, "data", encoding));
    return this;
  }
  digest(encoding?: string): unknown {
    this.#open();
    this.#done = true;
    return encoded(this.#digest.finish(), encoding);
  }
  copy(options?: object): Hash {
    this.#open();
    return new Hash(this.#digest.copy(), options);
  }
  _transform(chunk: unknown, encoding: string, callback: Callback): void {
    this.update(chunk, encoding);
    callback();
  }
  _flush(callback: Callback): void {
    (this as unknown as StreamSelf).push(this.digest());
    callback();
  }
}

export class Hmac extends Transform {
  readonly #inner: Digest;
  readonly #outer: Digest;
  #done = false;
  constructor(algorithm: string, key: unknown, options?: object) {
    super(options);
    if (typeof algorithm !== "string") throw invalidArgType("hmac", "string", algorithm);
    let block: number;
    try {
      [, block] = hashSize(algorithm);
    } catch {
      throw codedError("ERR_CRYPTO_INVALID_DIGEST", `Invalid digest: ${algorithm}`, TypeError);
    }
    let secret = key instanceof KeyObject ? KeyObject.secretOf(key) : bytesFrom(key, "key", (options as { encoding?: string } | undefined)?.encoding);
    if (secret.length > block) secret = callBytes("hash.digest", algorithm, secret);
    const pad = (byte: number): Uint8Array => {
      const out = new Uint8Array(block).fill(byte);
      for (let i = 0; i < secret.length; i++) out[i] = secret[i]! ^ byte;
      return out;
    };
    this.#inner = new Digest(algorithm);
    this.#inner.update(pad(0x36));
    this.#outer = new Digest(algorithm);
    this.#outer.update(pad(0x5c));
  }
  update(data: unknown, encoding?: string): this {
    if (this.#done) throw codedError("ERR_CRYPTO_HASH_FINALIZED", "Digest already called");
    this.#inner.update(bytesFrom(data, "data", encoding));
    return this;
  }
  digest(encoding?: string): unknown {
    // Node answers the second call with nothing.
    if (this.#done) return encoding && encoding !== "buffer" ? "" : Buffer.alloc(0);
    this.#done = true;
    this.#outer.update(this.#inner.finish());
    return encoded(this.#outer.finish(), encoding);
  }
  _transform(chunk: unknown, encoding: string, callback: Callback): void {
    this.update(chunk, encoding);
    callback();
  }
  _flush(callback: Callback): void {
    (this as unknown as StreamSelf).push(this.digest());
    callback();
  }
}
