/**
 * The request as data functions and API routes see it: what Node.js calls an
 * IncomingMessage, made from RequestInfo. Most handlers read `method`, `url` and
 * a header, so the stream half comes to life only when somebody touches it.
 */
import type { Job } from "../platform/index";
import { require } from "../platform/index";
import { parseCookies } from "./cookies";
import type { RequestInfo } from "./protocol";

export type HeaderMap = Record<string, string | string[] | undefined>;

/** What answers `req.socket`: enough to tell who calls and over what. */
export interface Peer {
  remoteAddress: string;
  remotePort: number | undefined;
  remoteFamily: "IPv4" | "IPv6";
  /** Only there over TLS. */
  encrypted?: true;
  readable: boolean;
  writable: boolean;
  destroyed: boolean;
  setTimeout(): Peer;
  setNoDelay(): Peer;
  setKeepAlive(): Peer;
  ref(): Peer;
  unref(): Peer;
  on(): Peer;
  once(): Peer;
  off(): Peer;
  removeListener(): Peer;
  destroy(): Peer;
  address(): Record<string, never>;
}

/** The body, as far as it is there: all of it, or a reader of more. */
export interface BodySource {
  body?: Uint8Array;
  stream?: Job["stream"];
}

/** Of these, a repeat is dropped; of all others joined (RFC 9110 5.3, as Node.js does it). */
const single = new Set([
  "age", "authorization", "content-length", "content-type", "etag", "expires", "from", "host",
  "if-modified-since", "if-unmodified-since", "last-modified", "location", "max-forwards",
  "proxy-authorization", "referer", "retry-after", "server", "user-agent",
]);

/** Flat list → object as Node.js makes it: lower-case names, repeats joined. */
export function joinHeaders(flat: readonly string[]): HeaderMap {
  const headers: HeaderMap = {};
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = flat[i]!.toLowerCase();
    const value = flat[i + 1]!;
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (name === "set-cookie") {
      headers[name] = before ? [...(before as string[]), value] : [value];
    } else if (before === undefined) {
      if (name === "__proto__") Object.defineProperty(headers, name, { value, enumerable: true, writable: true, configurable: true });
      else headers[name] = value;
    } else if (!single.has(name)) {
      headers[name] = before + (name === "cookie" ? "; " : ", ") + value;
    }
  }
  return headers;
}

function peerOf(info: RequestInfo): Peer {
  const peer: Peer = {
    remoteAddress: info.remoteAddress,
    remotePort: info.remotePort,
    remoteFamily: info.remoteAddress.includes(":") ? "IPv6" : "IPv4",
    ...(info.https ? { encrypted: true } : undefined),
    readable: true,
    writable: true,
    destroyed: false,
    setTimeout: () => peer,
    setNoDelay: () => peer,
    setKeepAlive: () => peer,
    ref: () => peer,
    unref: () => peer,
    on: () => peer,
    once: () => peer,
    off: () => peer,
    removeListener: () => peer,
    destroy() {
      peer.destroyed = true;
      return peer;
    },
    address: () => ({}),
  };
  return peer;
}

/** The parts of Node.js's Readable that are reached from here. */
interface ReadableState {
  push(chunk: Uint8Array | null): boolean;
  destroy(error?: Error): unknown;
  listenerCount(event: string): number;
  emit(event: string, ...args: unknown[]): boolean;
}

// Symbols, not private names: user code wraps these objects in proxies and Object.create.
const $info: unique symbol = Symbol("info");
const $source: unique symbol = Symbol("source");
const $headers: unique symbol = Symbol("headers");
const $cookies: unique symbol = Symbol("cookies");
const $peer: unique symbol = Symbol("peer");

/** See the head of this file. Its prototype chain ends in the platform's stream.Readable. */
export class IncomingMessage {
  declare method: string;
  declare url: string;
  declare httpVersion: string;
  declare rawHeaders: readonly string[];
  declare aborted: boolean;
  declare complete: boolean;
  /** Set by the API route and the page that owns the request. */
  declare query?: unknown;
  declare body?: unknown;
  [$info]: RequestInfo;
  [$source]: BodySource;
  [$headers]: HeaderMap | undefined;
  [$cookies]: Partial<Record<string, string>> | undefined;
  [$peer]: Peer | undefined;

  constructor(info: RequestInfo, source: BodySource) {
    this[$info] = info;
    this[$source] = source;
    this.method = info.method;
    this.url = info.url;
    this.httpVersion = info.httpVersion;
    this.rawHeaders = info.headers;
    this.aborted = false;
    this.complete = !source.stream;
    inherit();
  }

  get headers(): HeaderMap {
    return (this[$headers] ??= joinHeaders(this[$info].headers));
  }
  set headers(headers: HeaderMap) {
    this[$headers] = headers;
  }
  get headersDistinct(): Record<string, string[]> {
    const distinct: Record<string, string[]> = Object.create(null);
    const flat = this[$info].headers;
    for (let i = 0; i + 1 < flat.length; i += 2) (distinct[flat[i]!.toLowerCase()] ??= []).push(flat[i + 1]!);
    return distinct;
  }
  get cookies(): Partial<Record<string, string>> {
    return (this[$cookies] ??= parseCookies(this.headers.cookie as string | undefined));
  }
  set cookies(cookies: Partial<Record<string, string>>) {
    this[$cookies] = cookies;
  }
  get socket(): Peer {
    return (this[$peer] ??= peerOf(this[$info]));
  }
  get connection(): Peer {
    return this.socket;
  }
  get httpVersionMajor(): number {
    return Number(this.httpVersion.split(".")[0]);
  }
  get httpVersionMinor(): number {
    return Number(this.httpVersion.split(".")[1] ?? 0);
  }
  get trailers(): HeaderMap {
    return {};
  }
  get rawTrailers(): string[] {
    return [];
  }
  setTimeout(): this {
    return this;
  }

  /** Reads the whole body; only before anybody has started the stream. */
  async bytes(limit: number): Promise<Uint8Array | "too large"> {
    const { body, stream } = this[$source];
    if (!stream) return body && body.length > limit ? "too large" : (body ?? new Uint8Array(0));
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of stream) {
      length += chunk.length;
      if (length > limit) return "too large";
      chunks.push(chunk);
    }
    this.complete = true;
    this[$source] = {};
    if (chunks.length === 1) return chunks[0]!;
    const whole = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }

  /** Ends the stream of a request whose caller has gone. */
  abort(): void {
    this.aborted = true;
    if (Object.hasOwn(this, "_readableState")) {
      const self = this as unknown as ReadableState;
      self.emit("aborted");
      // As in Node.js, it is an error for those who listen for errors, and for nobody else.
      const heard = self.listenerCount("error") > 0;
      self.destroy(heard ? Object.assign(new Error("aborted"), { code: "ECONNRESET" }) : undefined);
    }
  }

  // A Readable keeps its state in `_readableState`. It is made when first read.
  get _readableState(): unknown {
    const { body, stream } = this[$source];
    const chunks = stream?.[Symbol.asyncIterator]();
    let sent = false;
    const NodeBuffer = (globalThis as unknown as { Buffer: { from(b: ArrayBufferLike, o: number, n: number): Uint8Array } }).Buffer;
    const bufferOf = (b: Uint8Array): Uint8Array => NodeBuffer.from(b.buffer, b.byteOffset, b.byteLength);
    const message = this;
    readable().call(this, {
      read(this: ReadableState) {
        if (!chunks) {
          if (!sent && body?.length) this.push(bufferOf(body));
          sent = true;
          this.push(null);
          return;
        }
        chunks.next().then(
          ({ done, value }) => {
            message.complete = done === true;
            this.push(done ? null : bufferOf(value));
          },
          (error: Error) => this.destroy(error),
        );
      },
    });
    return (this as unknown as Record<string, unknown>)["_readableState"];
  }
  set _readableState(state: unknown) {
    Object.defineProperty(this, "_readableState", { value: state, writable: true, configurable: true });
  }
}

type ReadableConstructor = { call(self: object, options: object): void; prototype: object };
let Readable: ReadableConstructor | undefined;
function readable(): ReadableConstructor {
  return (Readable ??= (require("stream") as { Readable: ReadableConstructor }).Readable);
}

let inherited = false;
/** Links the prototype to the platform's Readable, once; not while the module loads, since streams load late. */
function inherit(): void {
  if (inherited) return;
  inherited = true;
  Object.setPrototypeOf(IncomingMessage.prototype, readable().prototype);
  Object.setPrototypeOf(IncomingMessage, readable() as object);
}
