/**
 * The cookies of NextRequest and NextResponse: a map over the Cookie or
 * Set-Cookie headers, kept equal to them.
 */

export interface RequestCookie {
  name: string;
  value: string;
}

export interface ResponseCookie {
  name: string;
  value: string;
  path?: string;
  domain?: string;
  /** Seconds. */
  maxAge?: number;
  expires?: number | Date;
  httpOnly?: boolean;
  secure?: boolean;
  sameSite?: true | false | "strict" | "lax" | "none";
  partitioned?: boolean;
  priority?: "low" | "medium" | "high";
}

/** name=value pairs; the last of a name wins, a name alone has the value "true", and what is badly encoded is left out. */
function parsePairs(header: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const part of header.split(";")) {
    const text = part.trimStart();
    if (text === "") continue;
    const equals = text.indexOf("=");
    if (equals < 0) {
      pairs.set(text, "true");
      continue;
    }
    const value = text.slice(equals + 1);
    try {
      pairs.set(text.slice(0, equals), value.includes("%") ? decodeURIComponent(value) : value);
    } catch {
      // As if it had not been sent.
    }
  }
  return pairs;
}

/** A Set-Cookie value. */
export function stringifyCookie(cookie: ResponseCookie | RequestCookie): string {
  const { path, expires, maxAge, domain, secure, httpOnly, sameSite, partitioned, priority } = cookie as ResponseCookie;
  let text = `${cookie.name}=${encodeURIComponent(cookie.value ?? "")}`;
  if (path) text += `; Path=${path}`;
  if (expires || expires === 0) text += `; Expires=${new Date(expires).toUTCString()}`;
  if (typeof maxAge === "number") text += `; Max-Age=${maxAge}`;
  if (domain) text += `; Domain=${domain}`;
  if (secure) text += "; Secure";
  if (httpOnly) text += "; HttpOnly";
  if (sameSite) text += `; SameSite=${sameSite}`;
  if (partitioned) text += "; Partitioned";
  if (priority) text += `; Priority=${priority}`;
  return text;
}

function oneOf<T extends string>(value: string | undefined, list: readonly T[]): T | undefined {
  const lower = value?.toLowerCase() as T;
  return list.includes(lower) ? lower : undefined;
}

/** A Set-Cookie value, read; attributes that say nothing are left out. */
function parseSetCookie(header: string): ResponseCookie | undefined {
  const [first, ...attributes] = parsePairs(header);
  if (!first) return undefined;
  const by = new Map(attributes.map(([name, value]) => [name.toLowerCase().replaceAll("-", ""), value]));
  const cookie: ResponseCookie = { name: first[0], value: first[1] };
  const sameSite = oneOf(by.get("samesite"), ["strict", "lax", "none"]);
  const priority = oneOf(by.get("priority"), ["low", "medium", "high"]);
  const maxAge = Number(by.get("maxage"));
  if (by.get("domain")) cookie.domain = by.get("domain");
  if (by.get("expires")) cookie.expires = new Date(by.get("expires")!);
  if (by.get("httponly")) cookie.httpOnly = true;
  if (maxAge) cookie.maxAge = maxAge;
  if (by.get("path")) cookie.path = by.get("path");
  if (sameSite) cookie.sameSite = sameSite;
  if (by.get("secure")) cookie.secure = true;
  if (priority) cookie.priority = priority;
  if (by.get("partitioned")) cookie.partitioned = true;
  return cookie;
}

const nameOf = (key: string | { name: string }): string => (typeof key === "string" ? key : key.name);

/** `request.cookies`: what the client sent. Changes go into the request's Cookie header. */
export class RequestCookies {
  readonly #headers: Headers;
  readonly #cookies = new Map<string, RequestCookie>();

  constructor(headers: Headers) {
    this.#headers = headers;
    const header = headers.get("cookie");
    if (header) for (const [name, value] of parsePairs(header)) this.#cookies.set(name, { name, value });
  }

  get size(): number {
    return this.#cookies.size;
  }
  get(key: string | RequestCookie): RequestCookie | undefined {
    return this.#cookies.get(nameOf(key));
  }
  getAll(key?: string | RequestCookie): RequestCookie[] {
    if (key === undefined) return [...this.#cookies.values()];
    const one = this.#cookies.get(nameOf(key));
    return one ? [one] : [];
  }
  has(name: string): boolean {
    return this.#cookies.has(name);
  }
  set(...args: [name: string, value: string] | [RequestCookie]): this {
    const [name, value] = args.length === 1 ? [args[0].name, args[0].value] : args;
    this.#cookies.set(name, { name, value });
    this.#write();
    return this;
  }
  /** Answers whether the cookie was there; a list for a list of names. */
  delete(names: string | string[]): boolean | boolean[] {
    const had = Array.isArray(names) ? names.map((name) => this.#cookies.delete(name)) : this.#cookies.delete(names);
    this.#write();
    return had;
  }
  clear(): this {
    this.#cookies.clear();
    this.#write();
    return this;
  }
  [Symbol.iterator](): MapIterator<[string, RequestCookie]> {
    return this.#cookies[Symbol.iterator]();
  }
  toString(): string {
    return [...this.#cookies.values()].map(stringifyCookie).join("; ");
  }

  #write(): void {
    this.#headers.set("cookie", this.toString());
  }
}

/** `response.cookies`: the Set-Cookie headers of an answer. */
export class ResponseCookies {
  readonly #headers: Headers;
  readonly #cookies = new Map<string, ResponseCookie>();

  constructor(headers: Headers) {
    this.#headers = headers;
    for (const header of headers.getSetCookie()) {
      const cookie = parseSetCookie(header);
      if (cookie) this.#cookies.set(cookie.name, cookie);
    }
  }

  get(key: string | ResponseCookie): ResponseCookie | undefined {
    return this.#cookies.get(nameOf(key));
  }
  getAll(key?: string | ResponseCookie): ResponseCookie[] {
    if (key === undefined) return [...this.#cookies.values()];
    const one = this.#cookies.get(nameOf(key));
    return one ? [one] : [];
  }
  has(name: string): boolean {
    return this.#cookies.has(name);
  }
  set(...args: [name: string, value: string, options?: Partial<ResponseCookie>] | [ResponseCookie]): this {
    const cookie: ResponseCookie =
      args.length === 1 ? { ...args[0] } : { ...args[2], name: args[0], value: args[1] };
    if (typeof cookie.expires === "number") cookie.expires = new Date(cookie.expires);
    if (cookie.maxAge) cookie.expires = new Date(Date.now() + cookie.maxAge * 1000);
    cookie.path ??= "/";
    this.#cookies.set(cookie.name, cookie);
    this.#headers.delete("set-cookie");
    for (const one of this.#cookies.values()) this.#headers.append("set-cookie", stringifyCookie(one));
    return this;
  }
  /** Lets the client forget a cookie: one that has expired takes its place. */
  delete(...args: [name: string] | [Omit<ResponseCookie, "value" | "expires">]): this {
    const given = typeof args[0] === "string" ? { name: args[0] } : args[0];
    return this.set({ ...given, value: "", expires: new Date(0) });
  }
  toString(): string {
    return [...this.#cookies.values()].map(stringifyCookie).join("; ");
  }
}
