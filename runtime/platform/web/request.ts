/** Request of the Fetch Standard. */
import { AbortController, AbortSignal } from "./abort";
import { Body, extractBody, type BodyInit, type BodySource } from "./body";
import { Headers, type HeadersInit } from "./headers";
import { ReadableStream } from "./streams";
import { URL } from "./url";

const inspectKey = Symbol.for("nodejs.util.inspect.custom");

export interface RequestInit {
  method?: string;
  headers?: HeadersInit;
  body?: BodyInit | null;
  redirect?: "follow" | "error" | "manual";
  signal?: AbortSignal | null;
  duplex?: "half";
  cache?: string;
  credentials?: string;
  integrity?: string;
  keepalive?: boolean;
  mode?: string;
  referrer?: string;
  referrerPolicy?: string;
}

/** What a request that has come in says ahead of its body. */
export interface RequestHead {
  /** Absolute, as URL would spell it. */
  readonly url: string;
  readonly method: string;
  /** [name, value, ...], names in lower case. */
  readonly headers: readonly string[];
}

/** A request that has come in. Request takes it as it is; what is costly is made when somebody asks for it. */
export class Incoming {
  constructor(
    readonly head: RequestHead,
    readonly body: BodySource,
    /** Aborts when the client goes away. */
    readonly signal: () => AbortSignal,
  ) {}

  get url(): string {
    return this.head.url;
  }
  get method(): string {
    return this.head.method;
  }
  get headers(): readonly string[] {
    return this.head.headers;
  }
}

type Options = Required<Pick<RequestInit, "cache" | "credentials" | "integrity" | "keepalive" | "mode" | "referrer" | "referrerPolicy">>;

const usual: Options = {
  cache: "default", credentials: "same-origin", integrity: "", keepalive: false, mode: "cors", referrer: "about:client", referrerPolicy: "",
};

const normalized = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH"]);
const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

function checkMethod(method: string): string {
  const text = String(method);
  if (!tokenPattern.test(text)) throw new TypeError(`'${text}' is not a valid HTTP method.`);
  const upper = text.toUpperCase();
  if (upper === "CONNECT" || upper === "TRACE" || upper === "TRACK") throw new TypeError(`'${text}' HTTP method is unsupported.`);
  // `patch` in lower case stays as it is, as browsers have it.
  return normalized.has(upper) && upper !== "PATCH" ? upper : text;
}

export class Request extends Body {
  #url: string | undefined;
  #method: string | undefined;
  #headers: Headers | undefined;
  readonly #signal: AbortSignal | undefined;
  #lazySignal: AbortSignal | undefined;
  readonly #redirect: "follow" | "error" | "manual";
  readonly #options: Options;
  readonly #incoming: Incoming | undefined;

  constructor(input: string | URL | Request | Incoming, init: RequestInit = {}) {
    super();
    if (input instanceof Incoming) {
      this.#redirect = "follow";
      this.#options = usual;
      this.#incoming = input;
      if (input.body !== null) Body.fill(this, input.body);
      return;
    }
    init ??= {};
    const from = input instanceof Request ? input : undefined;
    if (from) {
      this.#url = from.url;
    } else {
      let url: URL;
      try {
        url = new URL(String(input));
      } catch (cause) {
        throw new TypeError(`Failed to parse URL from ${String(input)}`, { cause });
      }
      if (url.username || url.password) throw new TypeError(`Request cannot be constructed from a URL that includes credentials: ${String(input)}`);
      this.#url = url.href;
    }
    this.#method = init.method !== undefined ? checkMethod(init.method) : (from ? from.method : "GET");
    this.#headers = new Headers(init.headers ?? from?.headers);
    this.#redirect = init.redirect ?? (from ? from.#redirect : "follow");
    if (!["follow", "error", "manual"].includes(this.#redirect)) throw new TypeError(`Request: "${this.#redirect}" is not a redirect mode`);
    const signal = init.signal === undefined ? from?.signal : init.signal;
    if (signal !== null && signal !== undefined) {
      if (!(signal instanceof AbortSignal)) throw new TypeError("Failed to construct 'Request': member signal is not of type AbortSignal.");
      this.#signal = signal;
    }
    const base = from ? from.#options : usual;
    this.#options = {
      cache: init.cache ?? base.cache,
      credentials: init.credentials ?? base.credentials,
      integrity: init.integrity ?? base.integrity,
      keepalive: init.keepalive ?? base.keepalive,
      mode: init.mode ?? base.mode,
      referrer: init.referrer ?? base.referrer,
      referrerPolicy: init.referrerPolicy ?? base.referrerPolicy,
    };
    let source: BodySource = null;
    if (init.body !== undefined && init.body !== null) {
      if (this.#method === "GET" || this.#method === "HEAD") throw new TypeError("Request with GET/HEAD method cannot have body.");
      const extracted = extractBody(init.body);
      if (extracted.source instanceof ReadableStream && init.duplex === undefined) {
        throw new TypeError("RequestInit: duplex option is required when sending a body.");
      }
      source = extracted.source;
      if (extracted.type !== null && !this.#headers.has("content-type")) this.#headers.set("content-type", extracted.type);
    } else if (from && init.body === undefined) {
      if (this.#method !== "GET" && this.#method !== "HEAD") source = Body.take(from);
      else if (from.body) throw new TypeError("Request with GET/HEAD method cannot have body.");
    }
    Body.fill(this, source);
  }

  get url(): string { return (this.#url ??= this.#incoming!.url); }
  get method(): string { return (this.#method ??= this.#incoming!.method); }
  get headers(): Headers { return (this.#headers ??= Headers.incoming(this.#incoming!.headers)); }
  get signal(): AbortSignal {
    return this.#signal ?? (this.#lazySignal ??= this.#incoming?.signal() ?? new AbortController().signal);
  }
  get redirect(): string { return this.#redirect; }
  get cache(): string { return this.#options.cache; }
  get credentials(): string { return this.#options.credentials; }
  get integrity(): string { return this.#options.integrity; }
  get keepalive(): boolean { return this.#options.keepalive; }
  get mode(): string { return this.#options.mode; }
  get referrer(): string { return this.#options.referrer; }
  get referrerPolicy(): string { return this.#options.referrerPolicy; }
  get destination(): string { return ""; }
  get duplex(): string { return "half"; }

  clone(): Request {
    const source = Body.fork(this);
    const copy = new Request(this.url, {
      ...this.#options, method: this.method, headers: this.headers, redirect: this.#redirect, signal: this.#signal ?? this.#lazySignal,
    });
    Body.fill(copy, source);
    return copy;
  }

  [inspectKey](depth: number, options: object, inspect: (v: unknown, o: object) => string): string {
    const { method, url, headers, redirect, bodyUsed } = this;
    return `Request ${inspect({ method, url, headers, redirect, bodyUsed }, options)}`;
  }
}
Object.defineProperty(Request.prototype, Symbol.toStringTag, { value: "Request", configurable: true });
