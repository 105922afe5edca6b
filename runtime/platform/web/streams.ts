/** WHATWG streams (from web-streams-polyfill) and the transform streams built on them. */
import {
  ByteLengthQueuingStrategy, CountQueuingStrategy, ReadableByteStreamController, ReadableStream, ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest, ReadableStreamDefaultController, ReadableStreamDefaultReader, TransformStream,
  TransformStreamDefaultController, WritableStream, WritableStreamDefaultController, WritableStreamDefaultWriter,
} from "web-streams-polyfill";
import { hostStream } from "../loop";
import { TextDecoder, bytesOf } from "./encoding";

export {
  ByteLengthQueuingStrategy, CountQueuingStrategy, ReadableByteStreamController, ReadableStream, ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest, ReadableStreamDefaultController, ReadableStreamDefaultReader, TransformStream,
  TransformStreamDefaultController, WritableStream, WritableStreamDefaultController, WritableStreamDefaultWriter,
};

export class TextEncoderStream {
  readonly #transform: TransformStream<string, Uint8Array>;
  constructor() {
    // A pair of surrogates may be cut by a chunk border.
    let high = "";
    this.#transform = new TransformStream({
      transform(chunk, controller) {
        let text = high + String(chunk);
        high = "";
        const last = text.charCodeAt(text.length - 1);
        if (last >= 0xd800 && last <= 0xdbff) {
          high = text.slice(-1);
          text = text.slice(0, -1);
        }
        if (text) controller.enqueue(__native.encode(text));
      },
      flush(controller) {
        if (high) controller.enqueue(__native.encode(high));
      },
    });
  }
  get encoding(): string { return "utf-8"; }
  get readable(): ReadableStream<Uint8Array> { return this.#transform.readable; }
  get writable(): WritableStream<string> { return this.#transform.writable; }
}
Object.defineProperty(TextEncoderStream.prototype, Symbol.toStringTag, { value: "TextEncoderStream", configurable: true });

export class TextDecoderStream {
  readonly #transform: TransformStream<unknown, string>;
  readonly #decoder: TextDecoder;
  constructor(label = "utf-8", options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    const decoder = (this.#decoder = new TextDecoder(label, options));
    this.#transform = new TransformStream({
      transform(chunk, controller) {
        const text = decoder.decode(chunk, { stream: true });
        if (text) controller.enqueue(text);
      },
      flush(controller) {
        const text = decoder.decode();
        if (text) controller.enqueue(text);
      },
    });
  }
  get encoding(): string { return this.#decoder.encoding; }
  get fatal(): boolean { return this.#decoder.fatal; }
  get ignoreBOM(): boolean { return this.#decoder.ignoreBOM; }
  get readable(): ReadableStream<string> { return this.#transform.readable; }
  get writable(): WritableStream<unknown> { return this.#transform.writable; }
}
Object.defineProperty(TextDecoderStream.prototype, Symbol.toStringTag, { value: "TextDecoderStream", configurable: true });

const formats: Record<string, string> = { gzip: "gzip", deflate: "deflate", "deflate-raw": "deflateRaw" };
const unformats: Record<string, string> = { gzip: "gunzip", deflate: "inflate", "deflate-raw": "inflateRaw" };

/** A zlib operation of Go as a transform of byte chunks. */
function zlibTransform(kind: string): TransformStream<unknown, Uint8Array> {
  let op: ReturnType<typeof hostStream>;
  let failure: Error | undefined;
  return new TransformStream<unknown, Uint8Array>({
    start(controller) {
      op = hostStream("zlib.stream", JSON.stringify({ kind, unframed: true }), {
        onData: (_text, chunk) => {
          if (chunk) controller.enqueue(chunk);
        },
      });
      op.done.catch((error: Error) => {
        failure = new TypeError(error.message, { cause: error });
        controller.error(failure);
      });
    },
    async transform(chunk) {
      if (failure) throw failure;
      await op.write(bytesOf(chunk, "chunk"));
    },
    async flush() {
      op.end();
      await op.done.catch((error: Error) => {
        throw new TypeError(error.message, { cause: error });
      });
    },
  });
}

export class CompressionStream {
  readonly #transform: TransformStream<unknown, Uint8Array>;
  constructor(format: string) {
    const kind = Object.hasOwn(formats, format) ? formats[format] : undefined;
    if (!kind) throw new TypeError(`Unsupported compression format: '${format}'`);
    this.#transform = zlibTransform(kind);
  }
  get readable(): ReadableStream<Uint8Array> { return this.#transform.readable; }
  get writable(): WritableStream<unknown> { return this.#transform.writable; }
}
Object.defineProperty(CompressionStream.prototype, Symbol.toStringTag, { value: "CompressionStream", configurable: true });

export class DecompressionStream {
  readonly #transform: TransformStream<unknown, Uint8Array>;
  constructor(format: string) {
    const kind = Object.hasOwn(unformats, format) ? unformats[format] : undefined;
    if (!kind) throw new TypeError(`Unsupported compression format: '${format}'`);
    this.#transform = zlibTransform(kind);
  }
  get readable(): ReadableStream<Uint8Array> { return this.#transform.readable; }
  get writable(): WritableStream<unknown> { return this.#transform.writable; }
}
Object.defineProperty(DecompressionStream.prototype, Symbol.toStringTag, { value: "DecompressionStream", configurable: true });

/** Reads a byte stream to its end. Chunks must be Uint8Arrays. */
export async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!(value instanceof Uint8Array)) throw new TypeError("Received non-Uint8Array chunk");
    chunks.push(value);
    size += value.length;
  }
  return join(chunks, size);
}

export function join(chunks: Uint8Array[], size: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
