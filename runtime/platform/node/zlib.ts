/** node:zlib, over Go. */
import { awaitBytes, callBytes } from "../host";
import { hostStream, type HostStream } from "../loop";
import { codedError, invalidArgType, missing, outOfRange, requireFunction } from "../errors";
import { isAnyArrayBuffer } from "../web/encoding";
import { streamModule } from "./stream";

const { Transform } = streamModule;
type Callback = (error?: Error | null, value?: unknown) => void;

type Kind = "gzip" | "gunzip" | "deflate" | "inflate" | "deflateRaw" | "inflateRaw" | "unzip" | "brotliCompress" | "brotliDecompress";

interface Options {
  level?: number;
  chunkSize?: number;
  maxOutputLength?: number;
  dictionary?: ArrayBufferView;
  params?: Record<number, number>;
  info?: boolean;
}

const constants = Object.freeze({
  Z_NO_FLUSH: 0, Z_PARTIAL_FLUSH: 1, Z_SYNC_FLUSH: 2, Z_FULL_FLUSH: 3, Z_FINISH: 4, Z_BLOCK: 5, Z_OK: 0, Z_STREAM_END: 1, Z_NEED_DICT: 2,
  Z_ERRNO: -1, Z_STREAM_ERROR: -2, Z_DATA_ERROR: -3, Z_MEM_ERROR: -4, Z_BUF_ERROR: -5, Z_VERSION_ERROR: -6, Z_NO_COMPRESSION: 0,
  Z_BEST_SPEED: 1, Z_BEST_COMPRESSION: 9, Z_DEFAULT_COMPRESSION: -1, Z_FILTERED: 1, Z_HUFFMAN_ONLY: 2, Z_RLE: 3, Z_FIXED: 4,
  Z_DEFAULT_STRATEGY: 0, ZLIB_VERNUM: 4880, DEFLATE: 1, INFLATE: 2, GZIP: 3, GUNZIP: 4, DEFLATERAW: 5, INFLATERAW: 6, UNZIP: 7,
  BROTLI_DECODE: 8, BROTLI_ENCODE: 9, Z_MIN_WINDOWBITS: 8, Z_MAX_WINDOWBITS: 15, Z_DEFAULT_WINDOWBITS: 15, Z_MIN_CHUNK: 64,
  Z_MAX_CHUNK: Infinity, Z_DEFAULT_CHUNK: 16384, Z_MIN_MEMLEVEL: 1, Z_MAX_MEMLEVEL: 9, Z_DEFAULT_MEMLEVEL: 8, Z_MIN_LEVEL: -1,
  Z_MAX_LEVEL: 9, Z_DEFAULT_LEVEL: -1, BROTLI_OPERATION_PROCESS: 0, BROTLI_OPERATION_FLUSH: 1, BROTLI_OPERATION_FINISH: 2,
  BROTLI_OPERATION_EMIT_METADATA: 3, BROTLI_PARAM_MODE: 0, BROTLI_MODE_GENERIC: 0, BROTLI_MODE_TEXT: 1, BROTLI_MODE_FONT: 2,
  BROTLI_DEFAULT_MODE: 0, BROTLI_PARAM_QUALITY: 1, BROTLI_MIN_QUALITY: 0, BROTLI_MAX_QUALITY: 11, BROTLI_DEFAULT_QUALITY: 11,
  BROTLI_PARAM_LGWIN: 2, BROTLI_MIN_WINDOW_BITS: 10, BROTLI_MAX_WINDOW_BITS: 24, BROTLI_DEFAULT_WINDOW: 22, BROTLI_PARAM_LGBLOCK: 3,
  BROTLI_PARAM_SIZE_HINT: 5,
});

/** Arguments of the zlib operations. */
function argumentsOf(kind: Kind, o: Options): { text: string; dictionary: Uint8Array } {
  const level = kind === "brotliCompress" ? o.params?.[constants.BROTLI_PARAM_QUALITY] : o.level;
  if (level !== undefined && kind !== "brotliCompress" && (!Number.isInteger(level) || level < -1 || level > 9)) throw outOfRange("options.level", ">= -1 and <= 9", level);
  const dictionary = o.dictionary ? new Uint8Array(o.dictionary.buffer, o.dictionary.byteOffset, o.dictionary.byteLength) : new Uint8Array(0);
  const args = { kind, level, window: o.params?.[constants.BROTLI_PARAM_LGWIN] ?? 0, max: o.maxOutputLength ?? 0, dictionary: dictionary.length };
  return { text: JSON.stringify(args), dictionary };
}

function inputOf(value: unknown): Uint8Array {
  if (typeof value === "string") return Buffer.from(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (isAnyArrayBuffer(value)) return new Uint8Array(value);
  throw invalidArgType("buffer", ["string", "Buffer", "TypedArray", "DataView", "ArrayBuffer"], value);
}
const toBuffer = (bytes: Uint8Array): Uint8Array => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The dictionary goes before the input. */
const bodyOf = (dictionary: Uint8Array, input: Uint8Array): Uint8Array => (dictionary.length ? Buffer.concat([dictionary, input]) : input);

function sync(kind: Kind): (input: unknown, options?: Options) => unknown {
  return (input, options = {}) => {
    const { text, dictionary } = argumentsOf(kind, options);
    const buffer = toBuffer(callBytes("zlib.run", text, bodyOf(dictionary, inputOf(input))));
    return options.info ? { buffer, engine: classes[kind].prototype } : buffer;
  };
}

function asynchronous(kind: Kind): (...args: unknown[]) => void {
  return (input, ...rest) => {
    const callback = rest.pop();
    requireFunction(callback, "callback");
    const { text, dictionary } = argumentsOf(kind, (rest[0] as Options | undefined) ?? {});
    awaitBytes("zlib.run", text, bodyOf(dictionary, inputOf(input))).then(
      (bytes) => (callback as Callback)(null, toBuffer(bytes)),
      (error: Error) => (callback as Callback)(error),
    );
  };
}

interface Self {
  push(chunk: unknown): boolean;
  destroy(error?: Error): void;
  destroyed: boolean;
}

const frame = (mark: number, size: number): Uint8Array => Uint8Array.of(mark, size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255);

/** A (de)compressor as a stream. The Go operation begins with the first chunk. */
class ZlibStream extends Transform {
  readonly #kind: Kind;
  readonly #options: Options;
  #op: HostStream | undefined;
  #flushed: (() => void) | undefined;
  bytesWritten = 0;

  constructor(kind: Kind, options: Options = {}) {
    super(options);
    this.#kind = kind;
    this.#options = options;
    argumentsOf(kind, options);
  }

  #open(): HostStream {
    if (this.#op) return this.#op;
    const { text, dictionary } = argumentsOf(this.#kind, this.#options);
    const self = this as unknown as Self;
    this.#op = hostStream("zlib.stream", text, {
      body: dictionary,
      onData: (_text, chunk) => {
        if (chunk && !self.destroyed) self.push(toBuffer(chunk));
        this.#flushed?.();
        this.#flushed = undefined;
      },
    });
    this.#op.done.catch((error: Error) => self.destroy(error));
    return this.#op;
  }

  _transform(chunk: Uint8Array, _encoding: string, callback: Callback): void {
    const op = this.#open();
    this.bytesWritten += chunk.length;
    void op.write(frame(0, chunk.length));
    const busy = op.write(chunk.slice());
    if (busy) busy.then(() => callback(), callback);
    else callback();
  }

  _flush(callback: Callback): void {
    const op = this.#open();
    op.end();
    op.done.then(() => callback(), callback);
  }

  _destroy(error: Error | null, callback: Callback): void {
    this.#op?.cancel();
    callback(error);
  }

  /** Brings out what was written so far; callback when it has come. */
  flush(kind?: unknown, callback?: unknown): void {
    const done = (typeof kind === "function" ? kind : callback) as (() => void) | undefined;
    const op = this.#open();
    this.#flushed = done;
    void op.write(frame(1, 0));
  }
  close(callback?: () => void): void {
    const self = this as unknown as Self & { once(name: string, fn: () => void): void };
    if (callback) self.once("close", callback);
    self.destroy();
  }
  params(_level: number, _strategy: number, callback: () => void): void {
    callback();
  }
  reset(): void {
    if (this.#op) throw codedError("ERR_ONWARD_UNSUPPORTED", "zlib streams cannot be reset once data went through them");
  }
}

const kinds: [name: string, kind: Kind, className: string][] = [
  ["gzip", "gzip", "Gzip"], ["gunzip", "gunzip", "Gunzip"], ["deflate", "deflate", "Deflate"], ["inflate", "inflate", "Inflate"],
  ["deflateRaw", "deflateRaw", "DeflateRaw"], ["inflateRaw", "inflateRaw", "InflateRaw"], ["unzip", "unzip", "Unzip"],
  ["brotliCompress", "brotliCompress", "BrotliCompress"], ["brotliDecompress", "brotliDecompress", "BrotliDecompress"],
];

type StreamClass = new (options?: Options) => ZlibStream;
const classes = {} as Record<Kind, StreamClass>;

const table = new Uint32Array(256);
function crc32(data: unknown, value = 0): number {
  if (table[1] === 0) {
    for (let n = 0; n < 256; n++) {
      let c = n;
      for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
      table[n] = c >>> 0;
    }
  }
  let crc = ~value >>> 0;
  for (const byte of inputOf(data)) crc = (table[(crc ^ byte) & 255]! ^ (crc >>> 8)) >>> 0;
  return ~crc >>> 0;
}

export const zlibModule: Record<string, unknown> = {
  constants, ...constants, crc32,
  codes: Object.freeze({
    Z_OK: 0, Z_STREAM_END: 1, Z_NEED_DICT: 2, Z_ERRNO: -1, Z_STREAM_ERROR: -2, Z_DATA_ERROR: -3, Z_MEM_ERROR: -4, Z_BUF_ERROR: -5, Z_VERSION_ERROR: -6,
    "0": "Z_OK", "1": "Z_STREAM_END", "2": "Z_NEED_DICT", "-1": "Z_ERRNO", "-2": "Z_STREAM_ERROR", "-3": "Z_DATA_ERROR", "-4": "Z_MEM_ERROR", "-5": "Z_BUF_ERROR", "-6": "Z_VERSION_ERROR",
  }),
  zstdCompress: missing("zlib.zstdCompress"), zstdCompressSync: missing("zlib.zstdCompressSync"),
  zstdDecompress: missing("zlib.zstdDecompress"), zstdDecompressSync: missing("zlib.zstdDecompressSync"),
};

for (const [name, kind, className] of kinds) {
  // Callable with and without `new`, as old code does.
  const make = function (options?: Options): ZlibStream {
    const stream = new ZlibStream(kind, options);
    Object.setPrototypeOf(stream, make.prototype as object);
    return stream;
  } as unknown as StreamClass;
  Object.defineProperty(make, "name", { value: className });
  Object.defineProperty(make, "prototype", { value: Object.create(ZlibStream.prototype, { constructor: { value: make, writable: true, configurable: true } }) as object });
  classes[kind] = make;
  zlibModule[className] = make;
  zlibModule[`create${className}`] = (options?: Options): ZlibStream => new make(options);
  zlibModule[`${name}Sync`] = sync(kind);
  zlibModule[name] = asynchronous(kind);
}
