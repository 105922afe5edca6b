/**
 * node:buffer. Numbers, comparing and searching come from the npm package;
 * making buffers and everything with text is done here, over the engine's own
 * codecs. Buffers are a real subclass of Uint8Array, as in Node.js.
 */
// By path: the name "buffer" leads to this file when npm parts ask for it.
import * as npm from "../../node_modules/buffer/index.js";
import { codedError, invalidArgType, invalidArgValue, missing, outOfRange, received } from "../errors";
import { Blob, File, resolveObjectURL } from "../web/blob";
import { atob, btoa, isAnyArrayBuffer } from "../web/encoding";
import { inspect, inspectCustom, type InspectOptions } from "../inspect";

type Encoding = "utf8" | "utf16le" | "latin1" | "ascii" | "base64" | "base64url" | "hex";

const names: Record<string, Encoding> = {
  utf8: "utf8", "utf-8": "utf8", ucs2: "utf16le", "ucs-2": "utf16le", utf16le: "utf16le", "utf-16le": "utf16le",
  latin1: "latin1", binary: "latin1", ascii: "ascii", base64: "base64", base64url: "base64url", hex: "hex",
};

/** Canonical name, or undefined. Nothing and "" mean utf8. */
export function normalizeEncoding(encoding: unknown): Encoding | undefined {
  if (encoding === undefined || encoding === null || encoding === "") return "utf8";
  return names[encoding as string] ?? names[String(encoding).toLowerCase()];
}

function encodingOf(encoding: unknown): Encoding {
  const name = normalizeEncoding(encoding);
  if (!name) throw codedError("ERR_UNKNOWN_ENCODING", `Unknown encoding: ${String(encoding)}`, TypeError);
  return name;
}

/** Largest Buffer; the engine's own limit on all buffers together is lower. */
const maxLength = 2 ** 32;
const maxStringLength = 2 ** 29 - 24;

export { Blob };

export class FastBuffer extends Uint8Array {}

function view(bytes: Uint8Array): Buffer {
  return new FastBuffer(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength) as Buffer;
}

function checkSize(size: unknown): asserts size is number {
  if (typeof size !== "number") throw invalidArgType("size", "number", size);
  if (!(size >= 0 && size <= maxLength)) throw outOfRange("size", `>= 0 && <= ${maxLength}`, size);
}

function encode(text: string, encoding: Encoding): Buffer {
  if (encoding === "utf8") {
    const n = text.length;
    if (n === 0) return new FastBuffer(0) as Buffer;
    if (n <= 48) {
      const small = new FastBuffer(n);
      let i = 0;
      for (; i < n; i++) {
        const c = text.charCodeAt(i);
        if (c > 127) break;
        small[i] = c;
      }
      if (i === n) return small as Buffer;
    }
    return view(__native.encode(text));
  }
  return view(__native.stringToBytes(text, encoding === "ascii" ? "latin1" : encoding));
}

function decode(bytes: Uint8Array, encoding: Encoding): string {
  if (bytes.length === 0) return "";
  if (encoding === "utf8") return __native.decode(bytes, false);
  if (encoding === "ascii") {
    const masked = Uint8Array.from(bytes, (b) => b & 0x7f);
    return __native.bytesToString(masked, "latin1");
  }
  return __native.bytesToString(bytes, encoding);
}

export interface Buffer extends Uint8Array {
  toString(encoding?: string, start?: number, end?: number): string;
  write(text: string, ...rest: unknown[]): number;
  copy(target: Uint8Array, targetStart?: number, start?: number, end?: number): number;
  equals(other: Uint8Array): boolean;
}

interface BufferClass {
  new (value: unknown, encoding?: unknown, length?: number): Buffer;
  (value: unknown, encoding?: unknown, length?: number): Buffer;
  prototype: Buffer;
  from(value: unknown, encoding?: unknown, length?: number): Buffer;
  alloc(size: number, fill?: unknown, encoding?: string): Buffer;
  allocUnsafe(size: number): Buffer;
  concat(list: readonly Uint8Array[], total?: number): Buffer;
  byteLength(value: unknown, encoding?: unknown): number;
  isBuffer(value: unknown): value is Buffer;
}

/** `new Buffer(...)` and `Buffer(...)`: deprecated in Node.js, still called by old packages. */
export const Buffer = function (value: unknown, encoding?: unknown, length?: number): Buffer {
  if (typeof value === "number") {
    if (typeof encoding === "string") throw invalidArgType("string", "string", value);
    return Buffer.alloc(value);
  }
  return Buffer.from(value, encoding, length);
} as unknown as BufferClass & Record<string | symbol, unknown>;

// Methods that need no text: taken over as they are.
const methods = npm.Buffer.prototype as unknown as Record<string, unknown>;
const proto = FastBuffer.prototype as unknown as Record<string | symbol, unknown>;
for (const name of Object.getOwnPropertyNames(methods)) {
  if (name === "constructor" || name === "parent" || name === "offset" || name === "toLocaleString" || name === "inspect") continue;
  const value = methods[name];
  if (typeof value === "function") Object.defineProperty(proto, name, { value, writable: true, configurable: true, enumerable: true });
}
Object.defineProperty(proto, "_isBuffer", { value: true });
Object.defineProperty(Buffer, "prototype", { value: FastBuffer.prototype, writable: false });
Object.defineProperty(Buffer, "name", { value: "Buffer" });
Object.defineProperty(proto, "constructor", { value: Buffer, writable: true, configurable: true, enumerable: false });
Object.setPrototypeOf(Buffer, Uint8Array);
Object.defineProperty(Buffer, Symbol.species, { get: () => FastBuffer, configurable: true });

function fromArrayLike(source: ArrayLike<number>): Buffer {
  const out = new FastBuffer(source.length);
  for (let i = 0; i < source.length; i++) out[i] = source[i]!;
  return out as Buffer;
}

Buffer.from = function from(value: unknown, encodingOrOffset?: unknown, length?: number): Buffer {
  if (typeof value === "string") return encode(value, encodingOf(encodingOrOffset));
  if (typeof value === "object" && value !== null) {
    if (isAnyArrayBuffer(value)) {
      const offset = encodingOrOffset === undefined ? 0 : Math.trunc(Number(encodingOrOffset)) || 0;
      const most = value.byteLength - offset;
      if (most < 0) throw codedError("ERR_BUFFER_OUT_OF_BOUNDS", '"offset" is outside of buffer bounds', RangeError);
      let size = most;
      if (length !== undefined) {
        size = length > 0 ? Math.trunc(length) : 0;
        if (size > most) throw codedError("ERR_BUFFER_OUT_OF_BOUNDS", '"length" is outside of buffer bounds', RangeError);
      }
      return new FastBuffer(value, offset, size) as Buffer;
    }
    if (value instanceof Uint8Array) {
      const copy = new FastBuffer(value.length);
      copy.set(value);
      return copy as Buffer;
    }
    const inner = (value as { valueOf?: () => unknown }).valueOf?.();
    if (inner !== undefined && inner !== null && inner !== value && (typeof inner === "string" || typeof inner === "object")) {
      return Buffer.from(inner, encodingOrOffset, length);
    }
    const like = value as { length?: unknown; type?: unknown; data?: unknown };
    if (like.length !== undefined || isAnyArrayBuffer((value as { buffer?: unknown }).buffer)) {
      return typeof like.length === "number" ? fromArrayLike(value as ArrayLike<number>) : (new FastBuffer(0) as Buffer);
    }
    if (like.type === "Buffer" && Array.isArray(like.data)) return fromArrayLike(like.data as number[]);
    const primitive = (value as { [Symbol.toPrimitive]?: (hint: string) => unknown })[Symbol.toPrimitive];
    if (typeof primitive === "function") {
      const text = primitive.call(value, "string");
      if (typeof text === "string") return encode(text, encodingOf(encodingOrOffset));
    }
  }
  throw codedError(
    "ERR_INVALID_ARG_TYPE",
    `The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object.${received(value)}`,
    TypeError,
  );
};

Buffer.alloc = function alloc(size: number, fill?: unknown, encoding?: string): Buffer {
  checkSize(size);
  const made = new FastBuffer(size) as Buffer;
  if (fill !== undefined && fill !== 0 && size > 0) (made as unknown as { fill(v: unknown, e?: string): void }).fill(fill, encoding);
  return made;
};
Buffer.allocUnsafe = function allocUnsafe(size: number): Buffer {
  checkSize(size);
  return new FastBuffer(size) as Buffer;
};
Buffer["allocUnsafeSlow"] = Buffer.allocUnsafe;
Buffer.isBuffer = function isBuffer(value: unknown): value is Buffer {
  return value instanceof FastBuffer;
};
Buffer["isEncoding"] = (encoding: unknown): boolean => typeof encoding === "string" && encoding.length !== 0 && normalizeEncoding(encoding) !== undefined;
Buffer.byteLength = function byteLength(value: unknown, encoding?: unknown): number {
  if (typeof value !== "string") {
    if (ArrayBuffer.isView(value) || isAnyArrayBuffer(value)) return value.byteLength;
    throw invalidArgType("string", ["string", "Buffer", "ArrayBuffer"], value);
  }
  switch (normalizeEncoding(encoding) ?? "utf8") {
    case "latin1": case "ascii": return value.length;
    case "utf16le": return value.length * 2;
    case "hex": return value.length >>> 1;
    case "base64": case "base64url": {
      let n = value.length;
      if (n && value.charCodeAt(n - 1) === 61) n--;
      if (n > 1 && value.charCodeAt(n - 1) === 61) n--;
      return (n * 3) >>> 2;
    }
    default: return utf8Length(value);
  }
};

function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x80) continue;
    if (c < 0x800) bytes++;
    else {
      bytes += 2;
      if (c >= 0xd800 && c <= 0xdbff && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++;
    }
  }
  return bytes;
}

Buffer.concat = function concat(list: readonly Uint8Array[], total?: number): Buffer {
  if (!Array.isArray(list)) throw invalidArgType("list", "Array", list);
  let size = 0;
  list.forEach((part, i) => {
    if (!(part instanceof Uint8Array)) throw invalidArgType(`list[${i}]`, ["Buffer", "Uint8Array"], part);
    size += part.length;
  });
  if (total !== undefined) {
    if (!Number.isInteger(total) || total < 0) throw outOfRange("length", `>= 0 && <= ${maxLength}`, total);
    size = total;
  }
  const out = new FastBuffer(size);
  let at = 0;
  for (const part of list) {
    if (at >= size) break;
    const fitting = at + part.length > size ? part.subarray(0, size - at) : part;
    out.set(fitting, at);
    at += fitting.length;
  }
  return out as Buffer;
};
Buffer["compare"] = (a: Uint8Array, b: Uint8Array): number => {
  if (!(a instanceof Uint8Array)) throw invalidArgType("buf1", ["Buffer", "Uint8Array"], a);
  if (!(b instanceof Uint8Array)) throw invalidArgType("buf2", ["Buffer", "Uint8Array"], b);
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1;
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
};
Buffer["copyBytesFrom"] = (source: ArrayBufferView & { length: number; subarray(a: number, b?: number): ArrayBufferView }, offset = 0, length?: number): Buffer => {
  if (!ArrayBuffer.isView(source)) throw invalidArgType("view", ["TypedArray"], source);
  const part = source.subarray(offset, length === undefined ? undefined : offset + length);
  return Buffer.from(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
};
Buffer["poolSize"] = 8192;

/** Methods with text. */
const own = {
  toString(this: Uint8Array, encoding?: unknown, start?: unknown, end?: unknown): string {
    if (encoding === undefined && start === undefined && end === undefined) return __native.decode(this, false);
    const from = start === undefined ? 0 : Math.max(0, Math.trunc(Number(start)) || 0);
    const to = end === undefined ? this.length : Math.min(this.length, Math.trunc(Number(end)) || 0);
    if (to <= from) return "";
    return decode(from === 0 && to === this.length ? this : this.subarray(from, to), encodingOf(encoding));
  },
  toLocaleString(this: Buffer, encoding?: string): string { return this.toString(encoding); },
  slice(this: Uint8Array, start?: number, end?: number): Uint8Array { return this.subarray(start, end); },
  write(this: Uint8Array, text: unknown, offset?: unknown, length?: unknown, encoding?: unknown): number {
    if (typeof text !== "string") throw invalidArgType("argument", "string", text);
    if (typeof offset === "string") [offset, length, encoding] = [undefined, undefined, offset];
    else if (typeof length === "string") [length, encoding] = [undefined, length];
    const from = offset === undefined ? 0 : (offset as number);
    if (typeof from !== "number") throw invalidArgType("offset", "number", from);
    if (!(from >= 0 && from <= this.length)) throw outOfRange("offset", `>= 0 && <= ${this.length}`, from);
    let room = this.length - from;
    if (length !== undefined) {
      if (typeof length !== "number") throw invalidArgType("length", "number", length);
      if (!(length >= 0 && length <= this.length)) throw outOfRange("length", `>= 0 && <= ${this.length}`, length);
      room = Math.min(room, length);
    }
    return writeText(this, text, from, room, encodingOf(encoding));
  },
  fill(this: Uint8Array, value: unknown, start?: unknown, end?: unknown, encoding?: unknown): Uint8Array {
    if (typeof start === "string") [start, end, encoding] = [undefined, undefined, start];
    else if (typeof end === "string") [end, encoding] = [undefined, end];
    const from = start === undefined ? 0 : Number(start);
    const to = end === undefined ? this.length : Number(end);
    if (!(from >= 0 && from <= this.length)) throw outOfRange("offset", `>= 0 && <= ${this.length}`, from);
    if (!(to >= 0 && to <= this.length)) throw outOfRange("end", `>= 0 && <= ${this.length}`, to);
    if (from >= to) return this;
    let pattern: Uint8Array | undefined;
    if (typeof value === "string") {
      if (value.length !== 0) {
        pattern = encode(value, encodingOf(encoding));
        if (pattern.length === 0) throw invalidArgValue("value", value);
      } else value = 0;
    } else if (value instanceof Uint8Array) {
      pattern = value;
      if (pattern.length === 0) throw invalidArgValue("value", value);
    }
    if (!pattern) Uint8Array.prototype.fill.call(this, Number(value) & 255, from, to);
    else for (let i = from, j = 0; i < to; i++) {
      this[i] = pattern[j]!;
      if (++j === pattern.length) j = 0;
    }
    return this;
  },
  equals(this: Uint8Array, other: unknown): boolean {
    if (!(other instanceof Uint8Array)) throw invalidArgType("otherBuffer", ["Buffer", "Uint8Array"], other);
    if (this === other) return true;
    if (this.length !== other.length) return false;
    for (let i = 0; i < this.length; i++) if (this[i] !== other[i]) return false;
    return true;
  },
  copy(this: Uint8Array, target: Uint8Array, targetStart = 0, start = 0, end = this.length): number {
    if (!(target instanceof Uint8Array)) throw invalidArgType("target", ["Buffer", "Uint8Array"], target);
    if (targetStart < 0) throw outOfRange("targetStart", ">= 0", targetStart);
    if (start < 0 || start > this.length) throw outOfRange("sourceStart", `>= 0 && <= ${this.length}`, start);
    if (end < 0) throw outOfRange("sourceEnd", ">= 0", end);
    if (targetStart >= target.length || start >= end) return 0;
    const part = this.subarray(start, Math.min(end, this.length, start + target.length - targetStart));
    target.set(part, targetStart);
    return part.length;
  },
  indexOf(this: Uint8Array, value: unknown, offset?: unknown, encoding?: unknown): number { return search(this, value, offset, encoding, true); },
  lastIndexOf(this: Uint8Array, value: unknown, offset?: unknown, encoding?: unknown): number { return search(this, value, offset, encoding, false); },
  includes(this: Uint8Array, value: unknown, offset?: unknown, encoding?: unknown): boolean { return search(this, value, offset, encoding, true) !== -1; },
  toJSON(this: Uint8Array): object { return { type: "Buffer", data: Array.from(this) }; },
};

function writeText(into: Uint8Array, text: string, offset: number, room: number, encoding: Encoding): number {
  let bytes: Uint8Array = encode(text, encoding);
  if (bytes.length > room) {
    let n = room;
    if (encoding === "utf8") while (n > 0 && (bytes[n]! & 0xc0) === 0x80) n--;
    else if (encoding === "utf16le") n &= ~1;
    bytes = bytes.subarray(0, n);
  }
  into.set(bytes, offset);
  return bytes.length;
}

function search(bytes: Uint8Array, value: unknown, offset: unknown, encoding: unknown, forward: boolean): number {
  if (typeof offset === "string") [offset, encoding] = [undefined, offset];
  let from = offset === undefined ? (forward ? 0 : bytes.length) : Math.trunc(Number(offset));
  if (Number.isNaN(from)) from = forward ? 0 : bytes.length;
  if (from < 0) from = bytes.length + from;
  if (typeof value === "number") {
    const byte = value & 255;
    if (forward) return Uint8Array.prototype.indexOf.call(bytes, byte, Math.max(0, from));
    return from < 0 ? -1 : Uint8Array.prototype.lastIndexOf.call(bytes, byte, from);
  }
  const wanted = typeof value === "string" ? encode(value, encodingOf(encoding)) : value;
  if (!(wanted instanceof Uint8Array)) throw invalidArgType("value", ["number", "string", "Buffer", "Uint8Array"], value);
  const last = bytes.length - wanted.length;
  if (forward) {
    if (from < 0) from = 0;
    if (wanted.length === 0) return Math.min(from, bytes.length);
    for (let i = from; i <= last; i++) {
      i = Uint8Array.prototype.indexOf.call(bytes, wanted[0]!, i);
      if (i < 0 || i > last) return -1;
      if (matches(bytes, wanted, i)) return i;
    }
    return -1;
  }
  if (from < 0) return -1;
  for (let i = Math.min(from, last); i >= 0; i--) if (matches(bytes, wanted, i)) return i;
  return -1;
}

function matches(bytes: Uint8Array, wanted: Uint8Array, at: number): boolean {
  for (let j = 0; j < wanted.length; j++) if (bytes[at + j] !== wanted[j]) return false;
  return true;
}

for (const [name, value] of Object.entries(own)) Object.defineProperty(proto, name, { value, writable: true, configurable: true, enumerable: true });

// The per-encoding forms that parsers of uploads call.
for (const [suffix, encoding] of [["utf8", "utf8"], ["latin1", "latin1"], ["ascii", "ascii"], ["hex", "hex"], ["base64", "base64"], ["base64url", "base64url"], ["ucs2", "utf16le"]] as const) {
  Object.defineProperty(proto, `${suffix}Slice`, {
    value(this: Uint8Array, start = 0, end = this.length): string { return decode(this.subarray(start, end), encoding); },
    writable: true, configurable: true,
  });
  Object.defineProperty(proto, `${suffix}Write`, {
    value(this: Uint8Array, text: string, offset = 0, length = this.length - offset): number { return writeText(this, text, offset, Math.min(length, this.length - offset), encoding); },
    writable: true, configurable: true,
  });
}
Object.defineProperties(proto, {
  parent: { get(this: Uint8Array) { return this.buffer; }, configurable: true, enumerable: true },
  offset: { get(this: Uint8Array) { return this.byteOffset; }, configurable: true, enumerable: true },
  [inspectCustom]: {
    value(this: Uint8Array, _depth: number, options: InspectOptions): string {
      const most = state.INSPECT_MAX_BYTES;
      let text = decode(this.subarray(0, most), "hex").replace(/(.{2})(?=.)/g, "$1 ");
      const more = this.length - most;
      if (more > 0) text += ` ... ${more} more byte${more > 1 ? "s" : ""}`;
      const extras = Object.keys(this).filter((k) => !/^\d+$/.test(k));
      if (extras.length) {
        const plain = Object.fromEntries(extras.map((k) => [k, (this as unknown as Record<string, unknown>)[k]]));
        const shown = inspect(plain, { ...options, breakLength: Infinity, compact: true });
        text += `${text ? ", " : ""}${shown.slice(2, -2)}`;
      }
      return `<${this.constructor.name} ${text}>`.replace(" >", ">");
    },
    writable: true, configurable: true,
  },
});
proto["inspect"] = proto[inspectCustom];

const state = { INSPECT_MAX_BYTES: 50 };

function transcode(source: Uint8Array, from: string, to: string): Buffer {
  if (!(source instanceof Uint8Array)) throw invalidArgType("source", ["Buffer", "Uint8Array"], source);
  const text = decode(source, encodingOf(from));
  const target = encodingOf(to);
  // What the narrower encoding lacks becomes "?".
  return encode(target === "latin1" || target === "ascii" ? text.replace(target === "latin1" ? /[^\u0000-\u00ff]/gu : /[^\u0000-\u007f]/gu, "?") : text, target);
}

export const bufferModule = {
  Buffer, SlowBuffer: missing("buffer.SlowBuffer"), Blob, File, atob, btoa, transcode, resolveObjectURL,
  kMaxLength: maxLength, kStringMaxLength: maxStringLength,
  constants: { MAX_LENGTH: maxLength, MAX_STRING_LENGTH: maxStringLength },
  isUtf8(input: Uint8Array): boolean {
    try {
      __native.decode(Buffer.from(input), true);
      return true;
    } catch {
      return false;
    }
  },
  isAscii: (input: Uint8Array): boolean => Buffer.from(input).every((b) => b < 128),
  get INSPECT_MAX_BYTES(): number { return state.INSPECT_MAX_BYTES; },
  set INSPECT_MAX_BYTES(n: number) {
    if (typeof n !== "number" || Number.isNaN(n) || n < 0) throw outOfRange("INSPECT_MAX_BYTES", ">= 0", n);
    state.INSPECT_MAX_BYTES = n;
  },
};
