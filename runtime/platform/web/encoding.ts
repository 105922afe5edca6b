/** TextEncoder, TextDecoder, atob, btoa. UTF-8 is done by the engine, other encodings by Go. */
import { DOMException } from "./dom-exception";
import { codedError, invalidArgType } from "../errors";
import { callText } from "../host";

/** The bytes behind any BufferSource, without a copy. */
export function bytesOf(source: unknown, name = "input"): Uint8Array {
  if (source instanceof Uint8Array) return source;
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (isAnyArrayBuffer(source)) return new Uint8Array(source);
  throw invalidArgType(name, ["ArrayBuffer", "ArrayBufferView"], source);
}

export function isAnyArrayBuffer(v: unknown): v is ArrayBuffer {
  if (v instanceof ArrayBuffer) return true;
  const tag = Object.prototype.toString.call(v);
  return tag === "[object ArrayBuffer]" || tag === "[object SharedArrayBuffer]";
}

export class TextEncoder {
  get encoding(): string { return "utf-8"; }

  encode(text = ""): Uint8Array {
    return __native.encode(String(text));
  }

  /** Writes as many whole characters as fit. `read` counts UTF-16 units, `written` bytes. */
  encodeInto(text: string, into: Uint8Array): { read: number; written: number } {
    if (typeof text !== "string") throw invalidArgType("src", "string", text);
    if (!(into instanceof Uint8Array)) throw invalidArgType("dest", "Uint8Array", into);
    const length = text.length;
    const room = into.length;
    let read = 0;
    let written = 0;
    while (read < length) {
      let unit = text.charCodeAt(read);
      if (unit < 0x80) {
        if (written >= room) break;
        into[written++] = unit;
        read++;
        continue;
      }
      if (unit < 0x800) {
        if (written + 2 > room) break;
        into[written++] = 0xc0 | (unit >> 6);
        into[written++] = 0x80 | (unit & 63);
        read++;
        continue;
      }
      if (unit >= 0xd800 && unit <= 0xdfff) {
        const low = unit < 0xdc00 && read + 1 < length ? text.charCodeAt(read + 1) : 0;
        if (low >= 0xdc00 && low <= 0xdfff) {
          if (written + 4 > room) break;
          const point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
          into[written++] = 0xf0 | (point >> 18);
          into[written++] = 0x80 | ((point >> 12) & 63);
          into[written++] = 0x80 | ((point >> 6) & 63);
          into[written++] = 0x80 | (point & 63);
          read += 2;
          continue;
        }
        unit = 0xfffd;
      }
      if (written + 3 > room) break;
      into[written++] = 0xe0 | (unit >> 12);
      into[written++] = 0x80 | ((unit >> 6) & 63);
      into[written++] = 0x80 | (unit & 63);
      read++;
    }
    return { read, written };
  }
}
Object.defineProperty(TextEncoder.prototype, Symbol.toStringTag, { value: "TextEncoder", configurable: true });

const none = new Uint8Array(0);

export class TextDecoder {
  readonly #encoding: string;
  readonly #fatal: boolean;
  readonly #ignoreBOM: boolean;
  // State between calls with {stream: true}.
  #pending: Uint8Array = none;
  #started = false;

  constructor(label = "utf-8", options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    const key = String(label).trim().toLowerCase();
    let name: string | undefined;
    if (key === "utf-8" || key === "utf8" || key === "unicode-1-1-utf-8") name = "utf-8";
    else if (key === "utf-16le" || key === "utf-16" || key === "ucs-2" || key === "unicode") name = "utf-16le";
    else name = callText("encoding.name", key) || undefined;
    if (!name) throw codedError("ERR_ENCODING_NOT_SUPPORTED", `The "${label}" encoding is not supported`, RangeError);
    this.#encoding = name;
    this.#fatal = !!options?.fatal;
    this.#ignoreBOM = !!options?.ignoreBOM;
  }

  get encoding(): string { return this.#encoding; }
  get fatal(): boolean { return this.#fatal; }
  get ignoreBOM(): boolean { return this.#ignoreBOM; }

  decode(input?: unknown, options?: { stream?: boolean }): string {
    const stream = !!options?.stream;
    let bytes = input === undefined ? none : bytesOf(input);
    if (this.#pending.length) {
      const joined = new Uint8Array(this.#pending.length + bytes.length);
      joined.set(this.#pending);
      joined.set(bytes, this.#pending.length);
      bytes = joined;
      this.#pending = none;
    }
    if (stream) {
      const whole = wholeLength(bytes, this.#encoding);
      if (whole < bytes.length) {
        this.#pending = bytes.slice(whole);
        bytes = bytes.subarray(0, whole);
      }
    }
    const first = !this.#started;
    if (bytes.length) this.#started = true;
    if (!stream) this.#started = false;
    if (bytes.length === 0) return "";
    let text = this.#decode(bytes);
    if (first && !this.#ignoreBOM && text.charCodeAt(0) === 0xfeff && this.#encoding.startsWith("utf-")) text = text.slice(1);
    return text;
  }

  #decode(bytes: Uint8Array): string {
    try {
      if (this.#encoding === "utf-8") return __native.decode(bytes, this.#fatal);
      if (this.#encoding === "utf-16le" && !this.#fatal && bytes.length % 2 === 0) {
        return __native.bytesToString(bytes, "utf16le").toWellFormed();
      }
      return callText("encoding.decode", JSON.stringify([this.#encoding, this.#fatal]), bytes);
    } catch {
      throw codedError("ERR_ENCODING_INVALID_ENCODED_DATA", `The encoded data was not valid for encoding ${this.#encoding}`, TypeError);
    }
  }
}
Object.defineProperty(TextDecoder.prototype, Symbol.toStringTag, { value: "TextDecoder", configurable: true });

/** How many leading bytes end on a character border, so that the rest can wait for the next chunk. */
function wholeLength(bytes: Uint8Array, encoding: string): number {
  const n = bytes.length;
  if (encoding === "utf-8") {
    for (let back = 1; back <= 3 && back <= n; back++) {
      const b = bytes[n - back]!;
      if (b < 0x80) return n;
      if (b >= 0xc0) {
        const need = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
        return need > back ? n - back : n;
      }
    }
    return n;
  }
  if (encoding.startsWith("utf-16")) {
    let whole = n & ~1;
    const high = encoding === "utf-16le" ? 1 : 2;
    if (whole >= 2) {
      const b = bytes[whole - (encoding === "utf-16le" ? high : 2)]!;
      if (b >= 0xd8 && b <= 0xdb) whole -= 2;
    }
    return whole;
  }
  // Multi-byte East Asian encodings: hold back a trailing lead byte.
  if (/^(gb|big5|euc|shift|iso-2022)/.test(encoding)) {
    let run = 0;
    while (run < n && bytes[n - 1 - run]! >= 0x80) run++;
    return run % 2 ? n - 1 : n;
  }
  return n;
}

/** Decodes base64 with the forgiving rules of the web. */
export function atob(data: string): string {
  if (arguments.length === 0) throw codedError("ERR_MISSING_ARGS", 'The "data" argument must be specified', TypeError);
  let text = String(data).replace(/[\t\n\f\r ]+/g, "");
  if (text.length % 4 === 0) text = text.replace(/={1,2}$/, "");
  if (text.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(text)) {
    throw new DOMException("The string to be decoded is not correctly encoded.", "InvalidCharacterError");
  }
  return __native.bytesToString(__native.stringToBytes(text, "base64"), "latin1");
}

export function btoa(data: string): string {
  if (arguments.length === 0) throw codedError("ERR_MISSING_ARGS", 'The "data" argument must be specified', TypeError);
  const text = String(data);
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 255) throw new DOMException("Invalid character", "InvalidCharacterError");
  }
  return __native.bytesToString(__native.stringToBytes(text, "latin1"), "base64");
}
