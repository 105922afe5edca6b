/** node:http and node:https as clients, over the same operation as fetch. */
import { hostStream, type HostStream } from "../loop";
import { codedError, invalidArgType, missing } from "../errors";
import type { AbortSignal } from "../web/abort";
import type { FetchHead } from "../web/fetch";
import { EventEmitter } from "./events";
import { ClientSocket } from "./http-socket";
import { streamModule, type NodeReadable, type NodeWritable } from "./stream";
import { urlModule } from "./url";

const { Readable, Writable } = streamModule;
type Callback = (error?: Error | null) => void;

export const STATUS_CODES: Record<number, string> = {
  100: "Continue", 101: "Switching Protocols", 102: "Processing", 103: "Early Hints", 200: "OK", 201: "Created", 202: "Accepted",
  203: "Non-Authoritative Information", 204: "No Content", 205: "Reset Content", 206: "Partial Content", 207: "Multi-Status",
  208: "Already Reported", 226: "IM Used", 300: "Multiple Choices", 301: "Moved Permanently", 302: "Found", 303: "See Other",
  304: "Not Modified", 305: "Use Proxy", 307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized",
  402: "Payment Required", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
  407: "Proxy Authentication Required", 408: "Request Timeout", 409: "Conflict", 410: "Gone", 411: "Length Required",
  412: "Precondition Failed", 413: "Payload Too Large", 414: "URI Too Long", 415: "Unsupported Media Type", 416: "Range Not Satisfiable",
  417: "Expectation Failed", 418: "I'm a Teapot", 421: "Misdirected Request", 422: "Unprocessable Entity", 423: "Locked",
  424: "Failed Dependency", 425: "Too Early", 426: "Upgrade Required", 428: "Precondition Required", 429: "Too Many Requests",
  431: "Request Header Fields Too Large", 451: "Unavailable For Legal Reasons", 500: "Internal Server Error", 501: "Not Implemented",
  502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout", 505: "HTTP Version Not Supported",
  506: "Variant Also Negotiates", 507: "Insufficient Storage", 508: "Loop Detected", 509: "Bandwidth Limit Exceeded", 510: "Not Extended",
  511: "Network Authentication Required",
};

const METHODS = [
  "ACL", "BIND", "CHECKOUT", "CONNECT", "COPY", "DELETE", "GET", "HEAD", "LINK", "LOCK", "M-SEARCH", "MERGE", "MKACTIVITY", "MKCALENDAR",
  "MKCOL", "MOVE", "NOTIFY", "OPTIONS", "PATCH", "POST", "PROPFIND", "PROPPATCH", "PURGE", "PUT", "REBIND", "REPORT", "SEARCH", "SOURCE",
  "SUBSCRIBE", "TRACE", "UNBIND", "UNLINK", "UNLOCK", "UNSUBSCRIBE",
];

const tokenPattern = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
// eslint-disable-next-line no-control-regex
const badValue = /[^\t\x20-\x7e\x80-\xff]/;

function validateHeaderName(name: string): void {
  if (typeof name !== "string" || !tokenPattern.test(name)) throw codedError("ERR_INVALID_HTTP_TOKEN", `Header name must be a valid HTTP token ["${name}"]`, TypeError);
}
function validateHeaderValue(name: string, value: unknown): void {
  if (value === undefined) throw codedError("ERR_HTTP_INVALID_HEADER_VALUE", `Invalid value "${String(value)}" for header "${name}"`, TypeError);
  if (badValue.test(String(value))) throw codedError("ERR_INVALID_CHAR", `Invalid character in header content ["${name}"]`, TypeError);
}

/** Pools belong to Go; an Agent only carries its options. */
class Agent extends EventEmitter {
  readonly options: object;
  readonly requests = {};
  readonly sockets = {};
  readonly freeSockets = {};
  maxSockets = Infinity;
  maxFreeSockets = 256;
  keepAlive: boolean;
  protocol = "http:";
  defaultPort = 80;
  constructor(options: { keepAlive?: boolean; maxSockets?: number } & Record<string, unknown> = {}) {
    super();
    this.options = options;
    this.keepAlive = !!options.keepAlive;
    if (options.maxSockets !== undefined) this.maxSockets = options.maxSockets;
  }
  destroy(): void {}
  getName(): string { return "localhost::"; }
}
class HttpsAgent extends Agent {
  override protocol = "https:";
  override defaultPort = 443;
}

/** Fields of which only the first counts when they repeat. */
const single = new Set([
  "age", "authorization", "content-length", "content-type", "etag", "expires", "from", "host", "if-modified-since", "if-unmodified-since",
  "last-modified", "location", "max-forwards", "proxy-authorization", "referer", "retry-after", "server", "user-agent",
]);

export class IncomingMessage extends (Readable as unknown as new (options: object) => NodeReadable) {
  statusCode: number | null = null;
  statusMessage: string | null = null;
  httpVersion = "1.1";
  httpVersionMajor = 1;
  httpVersionMinor = 1;
  headers: Record<string, string | string[]> = {};
  headersDistinct: Record<string, string[]> = {};
  rawHeaders: string[] = [];
  trailers = {};
  rawTrailers: string[] = [];
  complete = false;
  aborted = false;
  method: string | null = null;
  url = "";
  req: ClientRequest | undefined;
  socket: ClientSocket | undefined;
  get connection(): unknown { return this.socket; }
  setTimeout(_ms: number, callback?: () => void): this {
    if (callback) this.once("timeout", callback);
    return this;
  }

  static fill(message: IncomingMessage, list: readonly string[]): void {
    message.rawHeaders = [...list];
    for (let i = 0; i + 1 < list.length; i += 2) {
      const name = list[i]!.toLowerCase();
      const value = list[i + 1]!;
      (message.headersDistinct[name] ??= []).push(value);
      const before = message.headers[name];
      if (name === "set-cookie") message.headers[name] = [...((before as string[] | undefined) ?? []), value];
      else if (before === undefined) message.headers[name] = value;
      else if (!single.has(name)) message.headers[name] = `${before as string}${name === "cookie" ? "; " : ", "}${value}`;
    }
  }
}
Object.defineProperty(IncomingMessage, "fill", { enumerable: false });

interface RequestOptions {
  protocol?: string;
  host?: string;
  hostname?: string;
  port?: number | string;
  path?: string;
  method?: string;
  headers?: Record<string, unknown> | readonly string[];
  auth?: string;
  timeout?: number;
  signal?: AbortSignal;
  agent?: unknown;
  rejectUnauthorized?: boolean;
  ca?: string | Uint8Array | (string | Uint8Array)[];
  setHost?: boolean;
  defaultPort?: number;
  socketPath?: string;
  createConnection?: unknown;
  servername?: string;
  family?: number;
}

class ClientRequest extends (Writable as unknown as new (options: object) => NodeWritable) {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly protocol: string;
  aborted = false;
  reusedSocket = false;
  finished = false;
  res: IncomingMessage | undefined;
  readonly socket: ClientSocket;
  maxHeadersCount: number | null = null;
  readonly #headers = new Map<string, [name: string, value: string | string[]]>();
  readonly #options: RequestOptions;
  readonly #url: string;
  #op: HostStream | undefined;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #sent = false;
  #timer: unknown;

  constructor(options: RequestOptions, defaultProtocol: string) {
    super({
      highWaterMark: 65536,
      // The request lives on until its response has ended.
      autoDestroy: false,
      emitClose: false,
      write: (chunk: Uint8Array, _encoding: string, callback: Callback) => this.#write(chunk, callback),
      final: (callback: Callback) => this.#end(callback),
      destroy: (error: Error | null, callback: Callback) => this.#close(error, callback),
    });
    this.#options = options;
    this.protocol = options.protocol ?? (options.agent as Agent | undefined)?.protocol ?? defaultProtocol;
    if (this.protocol !== "http:" && this.protocol !== "https:") {
      throw codedError("ERR_INVALID_PROTOCOL", `Protocol "${this.protocol}" not supported. Expected "${defaultProtocol}"`, TypeError);
    }
    this.socket = new ClientSocket(this.protocol === "https:", (error) => this.destroy(error));
    if (options.socketPath) throw codedError("ERR_ONWARD_UNSUPPORTED", "http.request over a Unix socket (socketPath) is not available in Onward's V8 engine");
    this.method = (options.method ?? "GET").toUpperCase();
    if (!tokenPattern.test(this.method)) throw codedError("ERR_INVALID_HTTP_TOKEN", `Method must be a valid HTTP token ["${this.method}"]`, TypeError);
    this.path = options.path || "/";
    // eslint-disable-next-line no-control-regex
    if (/[^\u0021-\u00ff]/.test(this.path)) throw codedError("ERR_UNESCAPED_CHARACTERS", "Request path contains unescaped characters", TypeError);
    this.host = options.hostname || options.host || "localhost";
    const shown = this.host.includes(":") && !this.host.startsWith("[") ? `[${this.host}]` : this.host;
    const port = options.port ?? options.defaultPort;
    this.#url = `${this.protocol}//${shown}${port === undefined || port === "" ? "" : `:${port}`}${this.path.startsWith("/") ? "" : "/"}${this.path}`;
    const given = options.headers ?? {};
    if (Array.isArray(given)) for (let i = 0; i + 1 < given.length; i += 2) this.appendHeader(given[i] as string, given[i + 1] as string);
    else for (const [name, value] of Object.entries(given)) if (value !== undefined) this.setHeader(name, value);
    if (options.auth && !this.hasHeader("authorization")) this.setHeader("Authorization", `Basic ${Buffer.from(options.auth).toString("base64")}`);
    options.signal?.addEventListener("abort", () => this.destroy(abortError(options.signal!)), { once: true });
    if (options.signal?.aborted) process.nextTick(() => this.destroy(abortError(options.signal!)));
    if (options.timeout) this.setTimeout(options.timeout);
    process.nextTick(() => (this as unknown as EventEmitter).emit("socket", this.socket));
  }

  get headersSent(): boolean { return this.#sent; }
  get connection(): unknown { return this.socket; }
  #mutable(verb: string): void {
    if (this.#sent) throw codedError("ERR_HTTP_HEADERS_SENT", `Cannot ${verb} headers after they are sent to the client`);
  }
  setHeader(name: string, value: unknown): this {
    this.#mutable("set");
    validateHeaderName(name);
    validateHeaderValue(name, value);
    this.#headers.set(name.toLowerCase(), [name, Array.isArray(value) ? value.map(String) : String(value)]);
    return this;
  }
  appendHeader(name: string, value: string | string[]): this {
    const before = this.getHeader(name);
    return this.setHeader(name, before === undefined ? value : [before, value].flat());
  }
  getHeader(name: string): string | string[] | undefined { return this.#headers.get(name.toLowerCase())?.[1]; }
  getHeaders(): Record<string, string | string[]> { return Object.fromEntries([...this.#headers].map(([k, v]) => [k, v[1]])); }
  getHeaderNames(): string[] { return [...this.#headers.keys()]; }
  getRawHeaderNames(): string[] { return [...this.#headers.values()].map((h) => h[0]); }
  hasHeader(name: string): boolean { return this.#headers.has(name.toLowerCase()); }
  removeHeader(name: string): void {
    this.#mutable("remove");
    this.#headers.delete(name.toLowerCase());
  }
  flushHeaders(): void { this.#start("stream"); }
  setNoDelay(): void {}
  setSocketKeepAlive(): void {}
  setTimeout(ms: number, callback?: () => void): this {
    const emitter = this as unknown as EventEmitter;
    if (callback) emitter.once("timeout", callback);
    clearTimeout(this.#timer as never);
    if (ms > 0) {
      const timer: unknown = setTimeout(() => emitter.emit("timeout"), ms);
      (timer as { unref?(): void }).unref?.();
      this.#timer = timer;
    }
    return this;
  }
  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    process.nextTick(() => (this as unknown as EventEmitter).emit("abort"));
    this.destroy();
  }

  /** Small bodies go out whole, with their length; only what is larger is streamed. */
  #write(chunk: Uint8Array, callback: Callback): void {
    if (!this.#sent) {
      this.#chunks.push(chunk.slice());
      this.#size += chunk.length;
      if (this.#size <= 65536) return callback();
      this.#start("stream");
      return callback();
    }
    this.#send(chunk.slice(), callback);
  }
  #send(chunk: Uint8Array, callback: Callback): void {
    const busy = this.#op!.write(chunk);
    if (busy) busy.then(() => callback(), callback);
    else callback();
  }
  #end(callback: Callback): void {
    this.finished = true;
    if (this.#sent) this.#op!.end();
    else this.#start(this.#size || this.hasHeader("content-length") ? "whole" : "none");
    callback();
  }

  #start(mode: "none" | "whole" | "stream"): void {
    if (this.#sent || this.destroyed) return;
    this.#sent = true;
    const o = this.#options;
    const headers: string[] = [];
    for (const [name, value] of this.#headers.values()) for (const v of Array.isArray(value) ? value : [value]) headers.push(name, v);
    const ca = o.ca === undefined ? undefined : [o.ca].flat().map((c) => (typeof c === "string" ? c : __native.decode(c, false))).join("\n");
    const agent = (o.agent as { options?: RequestOptions } | undefined)?.options;
    const args = { url: this.#url, method: this.method, headers, redirect: "manual", decode: false, body: mode, rejectUnauthorized: o.rejectUnauthorized ?? agent?.rejectUnauthorized, ca };
    const whole = mode === "whole" ? Buffer.concat(this.#chunks) : undefined;
    const emitter = this as unknown as EventEmitter;
    let message: (IncomingMessage & NodeReadable) | undefined;
    let wanted: (() => void) | undefined;
    this.#op = hostStream("fetch", JSON.stringify(args), {
      body: whole,
      onData: (text, chunk) => {
        if (!message) {
          message = this.#respond(JSON.parse(text!) as FetchHead, () => {
            wanted?.();
            wanted = undefined;
          });
          return undefined;
        }
        if (!chunk || message.destroyed) return undefined;
        if (!message.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))) return new Promise<void>((go) => (wanted = go));
        return undefined;
      },
    });
    if (mode !== "stream") this.#op.end();
    else for (const chunk of this.#chunks) void this.#op.write(chunk);
    this.#chunks = [];
    this.#op.done.then(
      () => {
        clearTimeout(this.#timer as never);
        this.socket.release();
        if (!message) return;
        message.complete = true;
        message.push(null);
        emitter.emit("close");
      },
      (error: Error) => {
        clearTimeout(this.#timer as never);
        this.socket.release();
        if (message && !message.destroyed) {
          message.aborted = true;
          message.destroy(codedError("ECONNRESET", "aborted"));
        } else if (!this.destroyed) this.destroy(error);
      },
    );
  }

  #respond(head: FetchHead, pull: () => void): IncomingMessage & NodeReadable {
    const message = new IncomingMessage({
      read: pull,
      destroy: (error: Error | null, callback: Callback) => {
        if (!message.complete) {
          this.#op?.cancel();
          message.aborted = true;
          message.emit("aborted");
        }
        // Nobody has to listen for the error of a response that was given up.
        callback((message as unknown as EventEmitter).listenerCount("error") > 0 ? error : null);
      },
    });
    message.statusCode = head.status;
    message.statusMessage = head.statusText;
    message.req = this;
    message.socket = this.socket;
    IncomingMessage.fill(message, head.headers);
    this.res = message;
    const emitter = this as unknown as EventEmitter;
    if (emitter.listenerCount("response") === 0) message.resume();
    emitter.emit("response", message);
    return message;
  }

  #close(error: Error | null, callback: Callback): void {
    clearTimeout(this.#timer as never);
    this.socket.release();
    if (!this.res?.complete) {
      this.#op?.cancel();
      if (!error && !this.res) error = codedError("ECONNRESET", "socket hang up");
      this.res?.destroy(error ?? codedError("ECONNRESET", "aborted"));
    }
    callback(this.res ? null : error);
  }
}

function abortError(signal: AbortSignal): Error {
  const error = codedError("ABORT_ERR", "The operation was aborted");
  error.name = "AbortError";
  Object.defineProperty(error, "cause", { value: signal.reason, configurable: true, writable: true });
  return error;
}

type Response = (message: IncomingMessage) => void;

/** (url, options, callback) in any of the ways Node takes them. */
function requestWith(defaultProtocol: string, args: unknown[]): ClientRequest {
  let options: RequestOptions = {};
  const [first] = args;
  if (typeof first === "string" || first instanceof URL) {
    options = urlModule.urlToHttpOptions(typeof first === "string" ? new URL(first) : first) as RequestOptions;
    args = args.slice(1);
  }
  if (args[0] !== null && typeof args[0] === "object") options = { ...options, ...(args[0] as RequestOptions) };
  else if (args[0] !== undefined && typeof args[0] !== "function") throw invalidArgType("options", ["string", "Object", "URL"], args[0]);
  const callback = args.find((a) => typeof a === "function") as Response | undefined;
  const request = new ClientRequest(options, defaultProtocol);
  if (callback) (request as unknown as EventEmitter).once("response", callback as never);
  return request;
}

function client(protocol: string, AgentClass: typeof Agent): Record<string, unknown> {
  const name = protocol === "http:" ? "http" : "https";
  return {
    request: (...args: unknown[]): ClientRequest => requestWith(protocol, args),
    get(...args: unknown[]): ClientRequest {
      const request = requestWith(protocol, args);
      request.end();
      return request;
    },
    Agent: AgentClass,
    globalAgent: new AgentClass({ keepAlive: true }),
    createServer: missing(`${name}.createServer`),
    Server: missing(`${name}.Server`),
  };
}

export const httpModule = {
  ...client("http:", Agent),
  METHODS, STATUS_CODES, IncomingMessage, ClientRequest,
  OutgoingMessage: missing("http.OutgoingMessage"), ServerResponse: missing("http.ServerResponse"),
  validateHeaderName, validateHeaderValue, maxHeaderSize: 16384,
  setMaxIdleHTTPParsers: (): void => {},
};
export const httpsModule = client("https:", HttpsAgent as typeof Agent);
