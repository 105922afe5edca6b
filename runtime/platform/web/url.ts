/** URL and URLSearchParams. */
import { codedError, invalidArgType } from "../errors";
import {
  appendPath, defaultPort, encodeQuery, encodeSets, isSpecial, parseHost, parseURL, percentDecodeToString, percentEncode,
  serializePath, serializeURL, setPort, splitPort, type URLRecord,
} from "./url-parser";

const inspectKey = Symbol.for("nodejs.util.inspect.custom");
type Inspect = (value: unknown, options: object) => string;

export class URLSearchParams {
  // name, value, name, value ...
  #list: string[] = [];
  #onChange: ((query: string) => void) | undefined;

  constructor(init?: unknown) {
    if (init === undefined || init === null) return;
    if (typeof init === "object" || typeof init === "function") {
      if (init instanceof URLSearchParams) {
        this.#list = init.#list.slice();
        return;
      }
      const iterate = (init as { [Symbol.iterator]?: unknown })[Symbol.iterator];
      if (iterate !== undefined && iterate !== null) {
        if (typeof iterate !== "function") throw notIterable();
        for (const pair of init as Iterable<unknown>) {
          if (pair === null || typeof pair !== "object" || typeof (pair as Iterable<unknown>)[Symbol.iterator] !== "function") throw notTuple();
          const items = [...(pair as Iterable<unknown>)];
          if (items.length !== 2) throw notTuple();
          this.#list.push(str(items[0]), str(items[1]));
        }
        return;
      }
      for (const key of Reflect.ownKeys(init)) {
        const d = Reflect.getOwnPropertyDescriptor(init, key);
        if (!d?.enumerable) continue;
        const name = str(key);
        const value = str((init as Record<PropertyKey, unknown>)[key]);
        const at = this.#find(name);
        if (at >= 0) this.#list[at + 1] = value;
        else this.#list.push(name, value);
      }
      return;
    }
    const text = str(init);
    this.#list = parseForm(text.startsWith("?") ? text.slice(1) : text);
  }

  #find(name: string): number {
    for (let i = 0; i < this.#list.length; i += 2) if (this.#list[i] === name) return i;
    return -1;
  }
  #changed(): void {
    this.#onChange?.(this.toString());
  }

  get size(): number { return this.#list.length / 2; }

  append(name: string, value: string): void {
    need(arguments.length, 2, "name", "value");
    this.#list.push(str(name), str(value));
    this.#changed();
  }
  delete(name: string, value?: string): void {
    need(arguments.length, 1, "name");
    name = str(name);
    const only = value === undefined ? undefined : str(value);
    const kept: string[] = [];
    for (let i = 0; i < this.#list.length; i += 2) {
      if (this.#list[i] !== name || (only !== undefined && this.#list[i + 1] !== only)) kept.push(this.#list[i]!, this.#list[i + 1]!);
    }
    this.#list = kept;
    this.#changed();
  }
  get(name: string): string | null {
    need(arguments.length, 1, "name");
    const at = this.#find(str(name));
    return at < 0 ? null : this.#list[at + 1]!;
  }
  getAll(name: string): string[] {
    need(arguments.length, 1, "name");
    name = str(name);
    return this.#list.filter((_, i) => i % 2 === 1 && this.#list[i - 1] === name);
  }
  has(name: string, value?: string): boolean {
    need(arguments.length, 1, "name");
    name = str(name);
    if (value === undefined) return this.#find(name) >= 0;
    return this.getAll(name).includes(str(value));
  }
  set(name: string, value: string): void {
    need(arguments.length, 2, "name", "value");
    name = str(name);
    value = str(value);
    const kept: string[] = [];
    let done = false;
    for (let i = 0; i < this.#list.length; i += 2) {
      if (this.#list[i] !== name) kept.push(this.#list[i]!, this.#list[i + 1]!);
      else if (!done) {
        kept.push(name, value);
        done = true;
      }
    }
    if (!done) kept.push(name, value);
    this.#list = kept;
    this.#changed();
  }
  sort(): void {
    const pairs: [string, string][] = [...this];
    pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    this.#list = pairs.flat();
    this.#changed();
  }
  forEach(callback: (value: string, name: string, params: URLSearchParams) => void, thisArg?: unknown): void {
    if (typeof callback !== "function") throw invalidArgType("callback", "function", callback);
    for (let i = 0; i < this.#list.length; i += 2) callback.call(thisArg, this.#list[i + 1]!, this.#list[i]!, this);
  }
  *entries(): IterableIterator<[string, string]> {
    for (let i = 0; i < this.#list.length; i += 2) yield [this.#list[i]!, this.#list[i + 1]!];
  }
  *keys(): IterableIterator<string> {
    for (let i = 0; i < this.#list.length; i += 2) yield this.#list[i]!;
  }
  *values(): IterableIterator<string> {
    for (let i = 0; i < this.#list.length; i += 2) yield this.#list[i + 1]!;
  }
  declare [Symbol.iterator]: () => IterableIterator<[string, string]>;

  toString(): string {
    let out = "";
    for (let i = 0; i < this.#list.length; i += 2) {
      out += (i ? "&" : "") + formEncode(this.#list[i]!) + "=" + formEncode(this.#list[i + 1]!);
    }
    return out;
  }

  [inspectKey](depth: number, options: object, inspect: Inspect): string {
    const parts: string[] = [];
    for (const [name, value] of this) parts.push(`${inspect(name, options)} => ${inspect(value, options)}`);
    return parts.length ? `URLSearchParams { ${parts.join(", ")} }` : "URLSearchParams {}";
  }

  /** Ties params to a URL's query; only URL calls it. */
  static connect(query: string, onChange: (query: string) => void): { params: URLSearchParams; reset(query: string): void } {
    const params = new URLSearchParams();
    params.#list = parseForm(query);
    params.#onChange = onChange;
    return { params, reset: (q) => (params.#list = parseForm(q)) };
  }
}
Object.defineProperties(URLSearchParams.prototype, {
  [Symbol.toStringTag]: { value: "URLSearchParams", configurable: true },
  [Symbol.iterator]: { value: URLSearchParams.prototype.entries, writable: true, configurable: true },
});
Object.defineProperty(URLSearchParams, "connect", { enumerable: false });

function str(value: unknown): string {
  if (typeof value === "symbol") throw new TypeError("Cannot convert a Symbol value to a string");
  return String(value).toWellFormed();
}
function need(have: number, count: number, ...names: string[]): void {
  if (have >= count) return;
  const list = names.map((n) => `"${n}"`).join(" and ");
  throw codedError("ERR_MISSING_ARGS", `The ${list} argument${names.length > 1 ? "s" : ""} must be specified`, TypeError);
}
function notIterable(): TypeError {
  return codedError("ERR_ARG_NOT_ITERABLE", "Query pairs must be iterable", TypeError);
}
function notTuple(): TypeError {
  return codedError("ERR_INVALID_TUPLE", "Each query pair must be an iterable [name, value] tuple", TypeError);
}

function parseForm(text: string): string[] {
  const list: string[] = [];
  if (text === "") return list;
  for (const piece of text.split("&")) {
    if (piece === "") continue;
    const eq = piece.indexOf("=");
    list.push(formDecode(eq < 0 ? piece : piece.slice(0, eq)), eq < 0 ? "" : formDecode(piece.slice(eq + 1)));
  }
  return list;
}
function formDecode(text: string): string {
  return percentDecodeToString(text.includes("+") ? text.replaceAll("+", " ") : text);
}
const formSafe = /^[A-Za-z0-9*\-._]*$/;
function formEncode(text: string): string {
  if (formSafe.test(text)) return text;
  return encodeURIComponent(text).replace(/%20|[!'()~]/g, (c) => (c === "%20" ? "+" : "%" + c.charCodeAt(0).toString(16).toUpperCase()));
}

export class URL {
  #url: URLRecord;
  #href: string | undefined;
  #params: ReturnType<typeof URLSearchParams.connect> | undefined;

  constructor(input: string | URL, base?: string | URL) {
    if (arguments.length === 0) throw codedError("ERR_MISSING_ARGS", 'The "url" argument must be specified', TypeError);
    const parsed = parse(input, base);
    if (!parsed) {
      const error = codedError("ERR_INVALID_URL", "Invalid URL", TypeError) as Error & { input?: string; base?: string };
      error.input = String(input);
      if (base !== undefined) error.base = String(base);
      throw error;
    }
    this.#url = parsed;
  }

  static canParse(input: string | URL, base?: string | URL): boolean {
    return parse(input, base) !== null;
  }
  static parse(input: string | URL, base?: string | URL): URL | null {
    return URL.canParse(input, base) ? new URL(input, base) : null;
  }

  #changed(): void {
    this.#href = undefined;
  }
  #queryChanged(): void {
    this.#changed();
    this.#params?.reset(this.#url.query ?? "");
  }
  get #locked(): boolean {
    return this.#url.host === null || this.#url.host === "" || this.#url.scheme === "file:";
  }

  get href(): string { return (this.#href ??= serializeURL(this.#url)); }
  set href(value: string) {
    const parsed = parseURL(String(value), null);
    if (!parsed) throw codedError("ERR_INVALID_URL", "Invalid URL", TypeError);
    this.#url = parsed;
    this.#queryChanged();
  }
  get origin(): string {
    const { scheme, host, port } = this.#url;
    if (scheme === "blob:") {
      const inner = parseURL(serializePath(this.#url), null);
      return inner && /^https?:$/.test(inner.scheme) ? `${inner.scheme}//${inner.host}${inner.port && ":" + inner.port}` : "null";
    }
    if (!isSpecial(scheme) || scheme === "file:") return "null";
    return `${scheme}//${host}${port && ":" + port}`;
  }
  get protocol(): string { return this.#url.scheme; }
  set protocol(value: string) {
    const match = /^([A-Za-z][A-Za-z0-9+.-]*):?/.exec(String(value));
    if (!match || !/^[A-Za-z][A-Za-z0-9+.-]*(:|$)/.test(String(value))) return;
    const scheme = match[1]!.toLowerCase() + ":";
    const url = this.#url;
    if (isSpecial(scheme) !== isSpecial(url.scheme)) return;
    if (scheme === "file:" && (url.username || url.password || url.port)) return;
    if (url.scheme === "file:" && url.host === "") return;
    url.scheme = scheme;
    if (url.port === defaultPort(scheme)) url.port = "";
    this.#changed();
  }
  get username(): string { return this.#url.username; }
  set username(value: string) {
    if (this.#locked) return;
    this.#url.username = percentEncode(str(value), encodeSets.userinfo);
    this.#changed();
  }
  get password(): string { return this.#url.password; }
  set password(value: string) {
    if (this.#locked) return;
    this.#url.password = percentEncode(str(value), encodeSets.userinfo);
    this.#changed();
  }
  get host(): string {
    const { host, port } = this.#url;
    return host === null ? "" : port === "" ? host : `${host}:${port}`;
  }
  set host(value: string) { this.#setHost(str(value), true); }
  get hostname(): string { return this.#url.host ?? ""; }
  set hostname(value: string) { this.#setHost(str(value), false); }
  #setHost(value: string, withPort: boolean): void {
    const url = this.#url;
    if (typeof url.path === "string") return;
    const special = isSpecial(url.scheme);
    const text = value.replace(/[\t\n\r]+/g, "");
    const end = text.search(special ? /[/\\?#]/ : /[/?#]/);
    const [name, port] = splitPort(end < 0 ? text : text.slice(0, end));
    if (!withPort && port !== null) return;
    if (name === "" && (special ? url.scheme !== "file:" : url.username || url.password || url.port || port !== null)) return;
    const host = name === "" ? "" : parseHost(name, special);
    if (host === null) return;
    url.host = url.scheme === "file:" && host === "localhost" ? "" : host;
    if (port !== null) {
      const digits = /^[0-9]+/.exec(port)?.[0];
      if (digits !== undefined) setPort(url, digits);
    }
    this.#changed();
  }
  get port(): string { return this.#url.port; }
  set port(value: string) {
    if (this.#locked) return;
    const text = str(value).replace(/[\t\n\r]+/g, "");
    const digits = text === "" ? "" : /^[0-9]+/.exec(text)?.[0];
    if (digits === undefined || !setPort(this.#url, digits)) return;
    this.#changed();
  }
  get pathname(): string { return serializePath(this.#url); }
  set pathname(value: string) {
    const url = this.#url;
    if (typeof url.path === "string") return;
    const text = str(value).replace(/[\t\n\r]+/g, "");
    url.path = [];
    const special = isSpecial(url.scheme);
    const rest = text.startsWith("/") || (special && text.startsWith("\\")) ? text.slice(1) : text;
    if (special || text !== "") appendPath(url, rest);
    this.#changed();
  }
  get search(): string { return this.#url.query ? "?" + this.#url.query : ""; }
  set search(value: string) {
    const text = str(value).replace(/[\t\n\r]+/g, "");
    this.#url.query = text === "" ? null : encodeQuery(text.startsWith("?") ? text.slice(1) : text, this.#url.scheme);
    this.#queryChanged();
  }
  get searchParams(): URLSearchParams {
    this.#params ??= URLSearchParams.connect(this.#url.query ?? "", (query) => {
      this.#url.query = query === "" ? null : query;
      this.#changed();
    });
    return this.#params.params;
  }
  get hash(): string { return this.#url.fragment ? "#" + this.#url.fragment : ""; }
  set hash(value: string) {
    const text = str(value).replace(/[\t\n\r]+/g, "");
    this.#url.fragment = text === "" ? null : percentEncode(text.startsWith("#") ? text.slice(1) : text, encodeSets.fragment);
    this.#changed();
  }

  toString(): string { return this.href; }
  toJSON(): string { return this.href; }

  [inspectKey](depth: number, options: object, inspect: Inspect): string | URL {
    if (typeof depth === "number" && depth < 0) return this;
    const { href, origin, protocol, username, password, host, hostname, port, pathname, search, searchParams, hash } = this;
    const plain = { href, origin, protocol, username, password, host, hostname, port, pathname, search, searchParams, hash };
    return `${this.constructor.name || "URL"} ${inspect(plain, options)}`;
  }
}
Object.defineProperty(URL.prototype, Symbol.toStringTag, { value: "URL", configurable: true });
for (const key of ["href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "searchParams", "hash", "toString", "toJSON"]) {
  Object.defineProperty(URL.prototype, key, { enumerable: true });
}

function parse(input: string | URL, base: string | URL | undefined): URLRecord | null {
  if (base === undefined) return parseURL(String(input), null);
  const record = parseURL(String(base), null);
  return record && parseURL(String(input), record);
}
