/** node:string_decoder: text out of chunks that may cut characters. */
import { codedError, invalidArgType } from "../errors";
import { normalizeEncoding } from "./buffer";

export class StringDecoder {
  readonly encoding: string;
  #pending: Uint8Array = new Uint8Array(0);

  constructor(encoding?: string) {
    const name = normalizeEncoding(encoding);
    if (!name) throw codedError("ERR_UNKNOWN_ENCODING", `Unknown encoding: ${String(encoding)}`, TypeError);
    this.encoding = name;
  }

  write(chunk: string | ArrayBufferView): string {
    if (typeof chunk === "string") return chunk;
    if (!ArrayBuffer.isView(chunk)) throw invalidArgType("buf", ["Buffer", "TypedArray", "DataView"], chunk);
    let bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#pending.length) {
      const joined = new Uint8Array(this.#pending.length + bytes.length);
      joined.set(this.#pending);
      joined.set(bytes, this.#pending.length);
      bytes = joined;
    }
    const whole = this.#whole(bytes);
    this.#pending = bytes.slice(whole);
    return this.#text(bytes.subarray(0, whole));
  }

  end(chunk?: string | ArrayBufferView): string {
    const text = chunk === undefined ? "" : this.write(chunk);
    const rest = this.#pending;
    this.#pending = new Uint8Array(0);
    return rest.length ? text + this.#text(this.encoding === "utf16le" ? rest.subarray(0, rest.length & ~1) : rest) : text;
  }

  text(chunk: ArrayBufferView, offset: number): string {
    this.#pending = new Uint8Array(0);
    return this.write(new Uint8Array(chunk.buffer, chunk.byteOffset + offset, chunk.byteLength - offset));
  }

  get lastNeed(): number { return this.#pending.length ? this.#need(this.#pending) - this.#pending.length : 0; }
  get lastTotal(): number { return this.#pending.length ? this.#need(this.#pending) : 0; }
  get lastChar(): Uint8Array {
    const last = Buffer.alloc(4);
    last.set(this.#pending.subarray(0, 4));
    return last;
  }

  #need(pending: Uint8Array): number {
    const lead = pending[0]!;
    if (this.encoding === "utf8") return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    return this.encoding === "utf16le" ? (pending.length > 1 ? 4 : 2) : 3;
  }

  #text(bytes: Uint8Array): string {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(this.encoding);
  }

  /** Bytes up to the last character border. */
  #whole(bytes: Uint8Array): number {
    const n = bytes.length;
    switch (this.encoding) {
      case "utf8":
        for (let back = 1; back <= 3 && back <= n; back++) {
          const b = bytes[n - back]!;
          if (b < 0x80) return n;
          if (b < 0xc0) continue;
          const need = b >= 0xf8 ? 1 : b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : b >= 0xc2 ? 2 : 1;
          return need > back ? n - back : n;
        }
        return n;
      case "utf16le": {
        const even = n & ~1;
        const high = even >= 2 && (bytes[even - 1]! & 0xfc) === 0xd8;
        return high ? even - 2 : even;
      }
      case "base64":
      case "base64url":
        return n - (n % 3);
      default:
        return n;
    }
  }
}

export const stringDecoderModule = { StringDecoder };
