/** Response of the Fetch Standard. */
import { Body, extractBody, type BodyInit, type BodySource } from "./body";
import { Headers, type HeadersInit } from "./headers";
import { URL } from "./url";

const inspectKey = Symbol.for("nodejs.util.inspect.custom");

export interface ResponseInit {
  status?: number;
  statusText?: string;
  headers?: HeadersInit;
}

/** What only the network layer may set. */
interface NetworkPart {
  type: string;
  url: string;
  redirected: boolean;
  status: number;
  statusText: string;
  headers: Headers;
}

const nullBody = new Set([101, 103, 204, 205, 304]);

export class Response extends Body {
  #status: number;
  #statusText: string;
  #headers: Headers;
  #type = "default";
  #url = "";
  #redirected = false;

  constructor(body?: BodyInit | null, init: ResponseInit = {}) {
    super();
    init ??= {};
    this.#status = init.status === undefined ? 200 : Number(init.status);
    if (!Number.isInteger(this.#status) || this.#status < 200 || this.#status > 599) {
      throw new RangeError('init["status"] must be in the range of 200 to 599, inclusive.');
    }
    this.#statusText = init.statusText === undefined ? "" : String(init.statusText);
    if (/[^\t\u0020-\u007e\u0080-\u00ff]/.test(this.#statusText)) throw new TypeError("Invalid statusText");
    this.#headers = new Headers(init.headers);
    if (body !== undefined && body !== null) {
      if (nullBody.has(this.#status)) throw new TypeError(`Response constructor: Invalid response status code ${this.#status}`);
      const { source, type } = extractBody(body);
      Body.fill(this, source);
      if (type !== null && !this.#headers.has("content-type")) this.#headers.set("content-type", type);
    }
  }

  static error(): Response {
    return Response.make({ type: "error", url: "", redirected: false, status: 0, statusText: "", headers: Headers.fromFlat([], true) }, null);
  }
  static json(data: unknown, init: ResponseInit = {}): Response {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError("Value is not JSON serializable");
    const response = new Response(text, init);
    if (!new Headers(init.headers).has("content-type")) response.#headers.set("content-type", "application/json");
    return response;
  }
  static redirect(url: string | URL, status = 302): Response {
    let location: string;
    try {
      location = new URL(String(url)).href;
    } catch (cause) {
      throw new TypeError(`Failed to parse URL from ${String(url)}`, { cause });
    }
    if (![301, 302, 303, 307, 308].includes(status)) throw new RangeError(`Invalid status code ${status}`);
    const headers = Headers.fromFlat(["location", location], true);
    return Response.make({ type: "default", url: "", redirected: false, status, statusText: "", headers }, null);
  }

  /** A response as the network gave it; only the platform calls it. */
  static make(part: NetworkPart, source: BodySource): Response {
    const response = new Response();
    response.#status = part.status;
    response.#statusText = part.statusText;
    response.#headers = part.headers;
    response.#type = part.type;
    response.#url = part.url;
    response.#redirected = part.redirected;
    Body.fill(response, source);
    return response;
  }

  get status(): number { return this.#status; }
  get ok(): boolean { return this.#status >= 200 && this.#status < 300; }
  get statusText(): string { return this.#statusText; }
  get headers(): Headers { return this.#headers; }
  get type(): string { return this.#type; }
  get url(): string { return this.#url; }
  get redirected(): boolean { return this.#redirected; }

  clone(): Response {
    const source = Body.fork(this);
    return Response.make(
      {
        type: this.#type, url: this.#url, redirected: this.#redirected, status: this.#status,
        statusText: this.#statusText, headers: new Headers(this.#headers),
      },
      source,
    );
  }

  [inspectKey](depth: number, options: object, inspect: (v: unknown, o: object) => string): string {
    const { status, statusText, headers, bodyUsed, ok, redirected, type, url } = this;
    return `Response ${inspect({ status, statusText, headers, bodyUsed, ok, redirected, type, url }, options)}`;
  }
}
Object.defineProperty(Response.prototype, Symbol.toStringTag, { value: "Response", configurable: true });
Object.defineProperty(Response, "make", { enumerable: false });
