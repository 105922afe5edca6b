/**
 * The body that Request and Response share. It stays what it was made from
 * (string, bytes, Blob) until somebody asks for a stream: text() and its kin
 * of such a body never touch the streams machinery.
 */
import { Blob } from "./blob";
import { bytesOf, isAnyArrayBuffer } from "./encoding";
import { FormData, encodeFormData, parseFormBody } from "./form-data";
import { Headers } from "./headers";
import { ReadableStream, readAll } from "./streams";
import { URLSearchParams } from "./url";

export type BodyInit = string | ArrayBuffer | ArrayBufferView | Blob | FormData | URLSearchParams | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

export type BodySource = null | string | Uint8Array | Blob | ReadableStream<Uint8Array>;

/** What a BodyInit becomes, and the content type it implies. */
export function extractBody(init: unknown): { source: BodySource; type: string | null } {
  if (init === null || init === undefined) return { source: null, type: null };
  if (typeof init === "string") return { source: init.isWellFormed() ? init : init.toWellFormed(), type: "text/plain;charset=UTF-8" };
  if (init instanceof Uint8Array || ArrayBuffer.isView(init) || isAnyArrayBuffer(init)) return { source: bytesOf(init).slice(), type: null };
  if (init instanceof Blob) return { source: init, type: init.type || null };
  if (init instanceof URLSearchParams) return { source: init.toString(), type: "application/x-www-form-urlencoded;charset=UTF-8" };
  if (init instanceof FormData) {
    const { bytes, type } = encodeFormData(init);
    return { source: bytes, type };
  }
  if (init instanceof ReadableStream) {
    if (init.locked) throw new TypeError("Response body object should not be disturbed or locked");
    return { source: init, type: null };
  }
  if (typeof init === "object" && typeof (init as AsyncIterable<unknown>)[Symbol.asyncIterator] === "function") {
    return { source: ReadableStream.from(init as AsyncIterable<Uint8Array>), type: null };
  }
  return { source: String(init), type: "text/plain;charset=UTF-8" };
}

export function streamOf(source: Exclude<BodySource, null>): ReadableStream<Uint8Array> {
  if (source instanceof ReadableStream) return source;
  if (source instanceof Blob) return source.stream();
  return new Blob([source]).stream();
}

export abstract class Body {
  #source: BodySource = null;
  #stream: ReadableStream<Uint8Array> | null = null;
  #used = false;

  abstract get headers(): Headers;

  /** Puts the content in; only constructors of Request and Response call it. */
  protected static fill(body: Body, source: BodySource): void {
    body.#source = source;
    if (source instanceof ReadableStream) body.#stream = source;
  }

  /** The content for sending: marks the body used. */
  static take(body: Body): BodySource {
    if (body.bodyUsed || body.#stream?.locked) throw new TypeError("Body is unusable");
    const source = body.#stream ?? body.#source;
    if (source !== null) body.#used = true;
    return source;
  }

  /** The content twice, for clone(). */
  protected static fork(body: Body): BodySource {
    if (body.bodyUsed || body.#stream?.locked) throw new TypeError("Response.clone: Body has already been consumed.");
    if (!body.#stream) return body.#source;
    const [a, b] = body.#stream.tee();
    body.#stream = body.#source = a;
    return b;
  }

  get body(): ReadableStream<Uint8Array> | null {
    if (this.#source === null) return null;
    if (!this.#stream) {
      this.#stream = streamOf(this.#source);
      if (this.#used) void this.#stream.cancel();
    }
    return this.#stream;
  }

  get bodyUsed(): boolean {
    return this.#used || (this.#stream !== null && isDisturbed(this.#stream));
  }

  async #consume(): Promise<string | Uint8Array> {
    if (this.bodyUsed || this.#stream?.locked) {
      throw new TypeError(this.bodyUsed ? "Body is unusable: Body has already been read" : "Body is unusable: Body is locked");
    }
    const source = this.#source;
    if (source === null) return "";
    this.#used = true;
    if (this.#stream) return readAll(this.#stream);
    if (source instanceof Blob) return Blob.bytes(source);
    return source as string | Uint8Array;
  }

  async text(): Promise<string> {
    const content = await this.#consume();
    if (typeof content === "string") return content.charCodeAt(0) === 0xfeff ? content.slice(1) : content;
    const text = __native.decode(content, false);
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }
  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
  async bytes(): Promise<Uint8Array> {
    const content = await this.#consume();
    return typeof content === "string" ? __native.encode(content) : content.slice();
  }
  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer as ArrayBuffer;
  }
  async blob(): Promise<Blob> {
    const content = await this.#consume();
    return new Blob([content], { type: this.headers.get("content-type") ?? "" });
  }
  async formData(): Promise<FormData> {
    const content = await this.#consume();
    const bytes = typeof content === "string" ? __native.encode(content) : content;
    return parseFormBody(bytes, this.headers.get("content-type"));
  }
}
for (const name of ["take", "fill", "fork"]) Object.defineProperty(Body, name, { enumerable: false });

// The polyfill keeps the flag under an underscored field; there is no public way to ask.
function isDisturbed(stream: ReadableStream<Uint8Array>): boolean {
  return !!(stream as unknown as { _disturbed?: boolean })._disturbed;
}
