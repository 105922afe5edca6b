/**
 * NextResponse: a Response with cookies, and the answers that only middleware can
 * give. Those are told by headers, because users look at them and copy them from
 * one response to another; they end with the JavaScript that reads them.
 */
import { ResponseCookies } from "./cookies";
import { NextURL } from "./next-url";
import { absoluteURL } from "./next-request";

/** What middleware changes about the request that later stages see. */
interface Overrides {
  request?: { headers?: Headers };
}

const redirects = new Set([301, 302, 303, 307, 308]);

/** Writes the request's new headers into those of the answer. */
function override(init: Overrides | undefined, headers: Headers): void {
  const changed = init?.request?.headers;
  if (!changed) return;
  if (!(changed instanceof Headers)) throw new Error("request.headers must be an instance of Headers");
  const names: string[] = [];
  for (const [name, value] of changed) {
    headers.set(`x-middleware-request-${name}`, value);
    names.push(name);
  }
  headers.set("x-middleware-override-headers", names.join(","));
}

export class NextResponse<Body = unknown> extends Response {
  #cookies: ResponseCookies | undefined;
  /** Made by next() without anything, and nobody has looked at its headers: they are not made yet. */
  #bare = false;
  /** Only for types: what json() was given. */
  declare readonly __body?: Body;

  constructor(body?: BodyInit | null, init: ResponseInit = {}) {
    super(body, init);
  }

  override get headers(): Headers {
    const headers = super.headers;
    if (this.#bare) {
      this.#bare = false;
      headers.set("x-middleware-next", "1");
    }
    return headers;
  }

  /** Tells whether a response says no more than that the request goes on. */
  static isBare(response: object): boolean {
    return #bare in response && response.#bare;
  }

  get cookies(): ResponseCookies {
    return (this.#cookies ??= new ResponseCookies(this.headers));
  }

  static override json<T>(body: T, init?: ResponseInit): NextResponse<T> {
    const text = JSON.stringify(body);
    if (text === undefined) throw new TypeError("Value is not JSON serializable");
    const headers = new Headers(init?.headers);
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return new NextResponse<T>(text, { ...init, headers });
  }

  /** A redirect; url must be absolute. init is the status (307), or the rest of the response. */
  static override redirect(url: string | URL | NextURL, init?: number | ResponseInit): NextResponse {
    const status = typeof init === "number" ? init : (init?.status ?? 307);
    if (!redirects.has(status)) throw new RangeError('Failed to execute "redirect" on "response": Invalid status code');
    const given = typeof init === "object" ? init : {};
    const headers = new Headers(given.headers);
    headers.set("Location", absoluteURL(url));
    return new NextResponse(null, { ...given, headers, status });
  }

  /** Serves another URL in place of the requested one. */
  static rewrite(destination: string | URL | NextURL, init?: ResponseInit & Overrides): NextResponse {
    const headers = new Headers(init?.headers);
    headers.set("x-middleware-rewrite", absoluteURL(destination));
    override(init, headers);
    return new NextResponse(null, { ...init, headers });
  }

  /** Lets the request go on. */
  static next(init?: ResponseInit & Overrides): NextResponse {
    if (init === undefined) {
      const response = new NextResponse();
      response.#bare = true;
      return response;
    }
    const headers = new Headers(init?.headers);
    headers.set("x-middleware-next", "1");
    override(init, headers);
    return new NextResponse(null, { ...init, headers });
  }
}
