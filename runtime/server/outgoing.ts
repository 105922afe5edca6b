/**
 * The response as data functions and API routes see it: what Node.js calls a
 * ServerResponse. It collects; whether the answer leaves whole or in pieces is up
 * to the sink.
 */
import { require } from "../platform/index";

type HeaderValue = string | number | readonly string[];
export type Chunk = string | Uint8Array;

/** Where a response goes. */
export interface Sink {
  /** The complete answer, nothing having been sent before. */
  whole(status: number, message: string | undefined, headers: string[], body: Chunk): void;
  /** The start of a streaming answer. */
  head(status: number, message: string | undefined, headers: string[]): void;
  /** A piece of it. A promise means: wait before the next. */
  write(chunk: Chunk): Promise<unknown> | undefined;
  end(): void;
  /** The answer breaks off. */
  fail(error: Error): void;
}

interface Listeners {
  emit(event: string, ...args: unknown[]): boolean;
}

function coded<E extends Error>(error: E, code: string): E {
  return Object.assign(error, { code });
}

const token = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
const forbidden = /[^\t\x20-\x7e\x80-\xff]/;

function checkName(name: unknown): asserts name is string {
  if (typeof name !== "string" || !token.test(name)) {
    throw coded(new TypeError(`Header name must be a valid HTTP token ["${String(name)}"]`), "ERR_INVALID_HTTP_TOKEN");
  }
}
function checkValue(name: string, value: unknown): void {
  if (value === undefined) {
    throw coded(new TypeError(`Invalid value "undefined" for header "${name}"`), "ERR_HTTP_INVALID_HEADER_VALUE");
  }
  for (const one of Array.isArray(value) ? value : [value]) {
    if (forbidden.test(String(one))) {
      throw coded(new TypeError(`Invalid character in header content ["${name}"]`), "ERR_INVALID_CHAR");
    }
  }
}

/** How much is held back for an answer that may end in the same turn. */
const mostHeld = 64 << 10;

// Symbols, not private names: user code wraps these objects in proxies and Object.create.
const $headers: unique symbol = Symbol("headers");
const $sink: unique symbol = Symbol("sink");
const $fixed: unique symbol = Symbol("fixed");
const $streaming: unique symbol = Symbol("streaming");
const $held: unique symbol = Symbol("held");
const $heldLength: unique symbol = Symbol("heldLength");
const $scheduled: unique symbol = Symbol("scheduled");
const $blocked: unique symbol = Symbol("blocked");
const $done: unique symbol = Symbol("done");
const $open: unique symbol = Symbol("open");
const $fix: unique symbol = Symbol("fix");
const $flush: unique symbol = Symbol("flush");
const $bytes: unique symbol = Symbol("bytes");
const $emit: unique symbol = Symbol("emit");
const $send: unique symbol = Symbol("send");
const $once: unique symbol = Symbol("once");
const $finish: unique symbol = Symbol("finish");
const $close: unique symbol = Symbol("close");

/** See the head of this file. Its prototype chain ends in the platform's legacy Stream, hence EventEmitter. */
export class ServerResponse {
  statusCode = 200;
  statusMessage: string | undefined = undefined;
  sendDate = true;
  strictContentLength = false;
  shouldKeepAlive = true;
  finished = false;
  destroyed = false;
  writable = true;
  closed = false;
  errored: Error | null = null;
  readonly req: unknown;
  /** Lower-case name → name as given and value. */
  [$headers] = new Map<string, [string, HeaderValue]>();
  [$sink]: Sink;
  [$fixed] = false;
  [$streaming] = false;
  [$held]: Chunk[] = [];
  [$heldLength] = 0;
  [$scheduled] = false;
  [$blocked] = 0;
  [$done] = false;

  constructor(req: unknown, sink: Sink) {
    this.req = req;
    this[$sink] = sink;
    inherit();
  }

  // Headers.

  setHeader(name: string, value: HeaderValue): this {
    this[$open]("set");
    checkName(name);
    checkValue(name, value);
    this[$headers].set(name.toLowerCase(), [name, value]);
    return this;
  }
  appendHeader(name: string, value: string | readonly string[]): this {
    this[$open]("append");
    checkName(name);
    checkValue(name, value);
    const before = this[$headers].get(name.toLowerCase());
    if (!before) {
      this[$headers].set(name.toLowerCase(), [name, value]);
    } else {
      const all = Array.isArray(before[1]) ? [...before[1]] : [String(before[1])];
      this[$headers].set(name.toLowerCase(), [before[0], all.concat(value)]);
    }
    return this;
  }
  setHeaders(headers: Iterable<[string, HeaderValue]>): this {
    for (const [name, value] of headers) this.setHeader(name, value);
    return this;
  }
  getHeader(name: string): HeaderValue | undefined {
    return this[$headers].get(String(name).toLowerCase())?.[1];
  }
  hasHeader(name: string): boolean {
    return this[$headers].has(String(name).toLowerCase());
  }
  removeHeader(name: string): void {
    this[$open]("remove");
    this[$headers].delete(String(name).toLowerCase());
  }
  getHeaders(): Record<string, HeaderValue> {
    const all: Record<string, HeaderValue> = Object.create(null);
    for (const [lower, [, value]] of this[$headers]) all[lower] = value;
    return all;
  }
  getHeaderNames(): string[] {
    return [...this[$headers].keys()];
  }
  getRawHeaderNames(): string[] {
    return [...this[$headers].values()].map(([name]) => name);
  }
  get headersSent(): boolean {
    return this[$fixed];
  }
  [$open](what: string): void {
    if (this[$fixed]) {
      throw coded(new Error(`Cannot ${what} headers after they are sent to the client`), "ERR_HTTP_HEADERS_SENT");
    }
  }
  /** As [name, value, ...], list values as repeats. */
  flatHeaders(): string[] {
    const flat: string[] = [];
    for (const [name, value] of this[$headers].values()) {
      if (Array.isArray(value)) for (const one of value) flat.push(name, String(one));
      else flat.push(name, String(value));
    }
    return flat;
  }

  // The answer.

  writeHead(status: number, message?: string | Record<string, HeaderValue> | HeaderValue[], headers?: Record<string, HeaderValue> | HeaderValue[]): this {
    if (this[$fixed]) {
      throw coded(new Error("Cannot write headers after they are sent to the client"), "ERR_HTTP_HEADERS_SENT");
    }
    const code = status | 0;
    if (code < 100 || code > 999) {
      throw coded(new RangeError(`Invalid status code: ${String(status)}`), "ERR_HTTP_INVALID_STATUS_CODE");
    }
    if (typeof message === "string") this.statusMessage = message;
    else headers = message;
    this.statusCode = code;
    if (Array.isArray(headers)) {
      const flat = headers.flat() as HeaderValue[];
      for (let i = 0; i + 1 < flat.length; i += 2) this.setHeader(String(flat[i]), flat[i + 1]!);
    } else if (headers) {
      for (const [name, value] of Object.entries(headers)) if (value !== undefined) this.setHeader(name, value);
    }
    this[$fixed] = true;
    return this;
  }
  flushHeaders(): void {
    this[$fix]();
    this[$flush]();
  }
  writeContinue(): void {}
  writeProcessing(): void {}
  writeEarlyHints(): void {}
  addTrailers(): void {}
  cork(): void {}
  uncork(): void {}
  assignSocket(): void {}
  setTimeout(): this {
    return this;
  }

  write(chunk: Chunk, encoding?: string | (() => void), callback?: (error?: Error | null) => void): boolean {
    if (typeof encoding === "function") [callback, encoding] = [encoding, undefined];
    const bytes = this[$bytes](chunk, encoding);
    if (this.finished || this.destroyed) {
      const error = coded(new Error("write after end"), "ERR_STREAM_WRITE_AFTER_END");
      if (callback) queueMicrotask(() => callback(error));
      else this[$emit]("error", error);
      return false;
    }
    this[$fix]();
    if (bytes.length > 0) {
      if (this[$streaming]) {
        this[$send](bytes);
      } else {
        this[$held].push(bytes);
        this[$heldLength] += bytes.length;
        // An answer that ends in the same turn leaves whole, unless it is so
        // long that its writer has to hear when to wait.
        if (this[$heldLength] >= mostHeld) {
          this[$flush]();
        } else if (!this[$scheduled]) {
          this[$scheduled] = true;
          queueMicrotask(() => this[$flush]());
        }
      }
    }
    if (callback) queueMicrotask(() => callback(null));
    return this[$blocked] === 0;
  }

  end(chunk?: Chunk | (() => void) | null, encoding?: string | (() => void), callback?: () => void): this {
    if (typeof chunk === "function") [callback, chunk] = [chunk, undefined];
    else if (typeof encoding === "function") [callback, encoding] = [encoding, undefined];
    if (this.finished || this.destroyed) {
      if (callback) queueMicrotask(callback);
      return this;
    }
    const last = chunk === undefined || chunk === null ? "" : this[$bytes](chunk, encoding as string | undefined);
    this[$fix]();
    this.finished = true;
    this.writable = false;
    if (callback) this[$once]("finish", callback);
    if (this[$streaming]) {
      if (last.length > 0) this[$send](last);
      this[$sink].end();
    } else {
      if (last.length > 0) this[$held].push(last);
      const body = joined(this[$held]);
      this[$held] = [];
      this[$sink].whole(this.statusCode, this.statusMessage, this.flatHeaders(), body);
    }
    this[$finish]();
    return this;
  }

  destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.writable = false;
    this.errored = error ?? null;
    if (!this.finished) this[$sink].fail(error ?? coded(new Error("the response was destroyed before it ended"), "ECONNRESET"));
    this[$close](error);
    return this;
  }

  /** The client has gone: listeners hear "close", later writes go nowhere. */
  abandon(): void {
    if (this.finished || this.destroyed) return;
    this.destroyed = true;
    this.writable = false;
    this[$close]();
  }

  get writableEnded(): boolean {
    return this.finished;
  }
  get writableFinished(): boolean {
    return this[$done];
  }
  get writableLength(): number {
    return this[$held].reduce((n, chunk) => n + chunk.length, 0);
  }
  get writableHighWaterMark(): number {
    return 16384;
  }
  get writableNeedDrain(): boolean {
    return this[$blocked] > 0;
  }
  get writableObjectMode(): boolean {
    return false;
  }
  get socket(): unknown {
    return (this.req as { socket?: unknown } | undefined)?.socket ?? null;
  }
  get connection(): unknown {
    return this.socket;
  }

  [$bytes](chunk: unknown, encoding?: string): Chunk {
    if (typeof chunk === "string") {
      if (!encoding || /^utf-?8$/i.test(encoding)) return chunk;
      const NodeBuffer = (globalThis as unknown as { Buffer: { from(s: string, e: string): Uint8Array } }).Buffer;
      return NodeBuffer.from(chunk, encoding);
    }
    if (chunk instanceof Uint8Array) return chunk;
    throw coded(
      new TypeError(`The "chunk" argument must be of type string or an instance of Buffer or Uint8Array. Received ${chunk === null ? "null" : typeof chunk}`),
      "ERR_INVALID_ARG_TYPE",
    );
  }
  [$fix](): void {
    if (this[$fixed]) return;
    const status = this.statusCode;
    if (!Number.isInteger(status) || status < 100 || status > 999) {
      throw coded(new RangeError(`Invalid status code: ${String(status)}`), "ERR_HTTP_INVALID_STATUS_CODE");
    }
    this[$fixed] = true;
  }
  [$flush](): void {
    if (this[$streaming] || this.finished || this.destroyed) return;
    this[$streaming] = true;
    this[$sink].head(this.statusCode, this.statusMessage, this.flatHeaders());
    const held = this[$held];
    this[$held] = [];
    for (const chunk of held) this[$send](chunk);
  }
  [$send](chunk: Chunk): void {
    const wait = this[$sink].write(chunk);
    if (!wait) return;
    this[$blocked]++;
    const resume = (): void => {
      if (--this[$blocked] === 0 && !this.finished && !this.destroyed) this[$emit]("drain");
    };
    wait.then(resume, resume);
  }
  [$finish](): void {
    queueMicrotask(() => {
      this[$done] = true;
      this[$emit]("finish");
      this[$close]();
    });
  }
  [$close](error?: Error): void {
    queueMicrotask(() => {
      if (this.closed) return;
      this.closed = true;
      if (error) this[$emit]("error", error);
      this[$emit]("close");
    });
  }
  [$emit](event: string, ...args: unknown[]): void {
    // Nobody listens: nothing to do, not even for "error", which would throw.
    const listeners = (this as unknown as { _events?: Record<string, unknown> })._events;
    if (listeners?.[event]) (this as unknown as Listeners).emit(event, ...args);
  }
  [$once](event: string, listener: () => void): void {
    (this as unknown as { once(event: string, listener: () => void): void }).once(event, listener);
  }
}

/** Chunks as one: a string when all are, else bytes. */
export function joined(chunks: readonly Chunk[]): Chunk {
  if (chunks.length === 0) return "";
  if (chunks.length === 1) return chunks[0]!;
  if (chunks.every((chunk) => typeof chunk === "string")) return chunks.join("");
  const encoder = new TextEncoder();
  const bytes = chunks.map((chunk) => (typeof chunk === "string" ? encoder.encode(chunk) : chunk));
  const whole = new Uint8Array(bytes.reduce((n, chunk) => n + chunk.length, 0));
  let at = 0;
  for (const chunk of bytes) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

let inherited = false;
function inherit(): void {
  if (inherited) return;
  inherited = true;
  const Stream = require("stream") as { prototype: object };
  Object.setPrototypeOf(ServerResponse.prototype, Stream.prototype);
  Object.setPrototypeOf(ServerResponse, Stream as object);
}
