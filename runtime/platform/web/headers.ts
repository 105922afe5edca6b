/** Headers of the Fetch Standard: names in lower case, repeats joined, set-cookie kept apart. */
import { codedError } from "../errors";

const inspectKey = Symbol.for("nodejs.util.inspect.custom");
const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const badValue = /[\0\r\n]|[^\u0000-\u00ff]/;

const blankEnd = /^[\t\n\r ]|[\t\n\r ]$/;

export type HeadersInit = Headers | Iterable<readonly [string, string]> | Record<string, string>;

export class Headers {
  // One entry per name; set-cookie may hold several values.
  readonly #map = new Map<string, string>();
  #cookies: string[] = [];
  #sorted: [string, string][] | undefined;
  #immutable = false;
  /** What came in, with names in lower case, as long as nobody has asked for more than a value: then the map is empty. */
  #incoming: readonly string[] | undefined;

  constructor(init?: HeadersInit | null) {
    if (init === undefined) return;
    if (init === null || (typeof init !== "object" && typeof init !== "function")) {
      throw new TypeError("Headers constructor: the init value is not an object");
    }
    if (init instanceof Headers) {
      init.#unfold();
      for (const [name, value] of init.#map) this.#map.set(name, value);
      this.#cookies = init.#cookies.slice();
      return;
    }
    if (typeof (init as Iterable<unknown>)[Symbol.iterator] === "function") {
      for (const pair of init as Iterable<Iterable<string>>) {
        const items = typeof pair === "object" && pair !== null ? [...pair] : [];
        if (items.length !== 2) throw new TypeError("Headers constructor: each pair must be [name, value]");
        this.append(items[0]!, items[1]!);
      }
      return;
    }
    for (const key of Reflect.ownKeys(init)) {
      if (typeof key === "symbol") throw new TypeError("Headers constructor: a key is a symbol");
      if (Object.getOwnPropertyDescriptor(init, key)?.enumerable) this.append(key, (init as Record<string, string>)[key]!);
    }
  }

  /** From a flat list [name, value, ...] that came over the network, without checks. */
  static fromFlat(list: readonly string[], immutable = false): Headers {
    const headers = new Headers();
    for (let i = 0; i + 1 < list.length; i += 2) headers.#put(list[i]!.toLowerCase(), list[i + 1]!);
    headers.#immutable = immutable;
    return headers;
  }

  /** Of a request that the server hands over: a flat list whose names are in lower case. */
  static incoming(list: readonly string[]): Headers {
    const headers = new Headers();
    headers.#incoming = list;
    return headers;
  }

  #unfold(): void {
    const list = this.#incoming;
    if (!list) return;
    this.#incoming = undefined;
    for (let i = 0; i + 1 < list.length; i += 2) this.#put(list[i]!, list[i + 1]!);
  }

  /** As a flat list [name, value, ...]. */
  static toFlat(headers: Headers): string[] {
    headers.#unfold();
    const list: string[] = [];
    for (const [name, value] of headers.#map) list.push(name, value);
    for (const cookie of headers.#cookies) list.push("set-cookie", cookie);
    return list;
  }

  #put(name: string, value: string): void {
    this.#sorted = undefined;
    if (name === "set-cookie") {
      this.#cookies.push(value);
      return;
    }
    const before = this.#map.get(name);
    this.#map.set(name, before === undefined ? value : before + (name === "cookie" ? "; " : ", ") + value);
  }

  #writable(): void {
    this.#unfold();
    if (this.#immutable) throw new TypeError("immutable");
  }

  append(name: string, value: string): void {
    const key = checkName(name, "append");
    const text = checkValue(value, "append", name);
    this.#writable();
    this.#put(key, text);
  }
  delete(name: string): void {
    const key = checkName(name, "delete");
    this.#writable();
    this.#sorted = undefined;
    if (key === "set-cookie") this.#cookies = [];
    else this.#map.delete(key);
  }
  get(name: string): string | null {
    const key = checkName(name, "get");
    if (this.#incoming) return valueIn(this.#incoming, key);
    if (key === "set-cookie") return this.#cookies.length ? this.#cookies.join(", ") : null;
    return this.#map.get(key) ?? null;
  }
  has(name: string): boolean {
    const key = checkName(name, "has");
    if (this.#incoming) return this.#incoming.some((text, i) => i % 2 === 0 && text === key);
    return key === "set-cookie" ? this.#cookies.length > 0 : this.#map.has(key);
  }
  set(name: string, value: string): void {
    const key = checkName(name, "set");
    const text = checkValue(value, "set", name);
    this.#writable();
    this.#sorted = undefined;
    if (key === "set-cookie") this.#cookies = [text];
    else this.#map.set(key, text);
  }
  getSetCookie(): string[] {
    this.#unfold();
    return this.#cookies.slice();
  }

  #list(): [string, string][] {
    if (this.#sorted) return this.#sorted;
    this.#unfold();
    const list: [string, string][] = [...this.#map];
    for (const cookie of this.#cookies) list.push(["set-cookie", cookie]);
    list.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    return (this.#sorted = list);
  }
  *entries(): IterableIterator<[string, string]> {
    for (let i = 0; i < this.#list().length; i++) yield [...this.#list()[i]!];
  }
  *keys(): IterableIterator<string> {
    for (let i = 0; i < this.#list().length; i++) yield this.#list()[i]![0];
  }
  *values(): IterableIterator<string> {
    for (let i = 0; i < this.#list().length; i++) yield this.#list()[i]![1];
  }
  forEach(callback: (value: string, name: string, headers: Headers) => void, thisArg?: unknown): void {
    if (typeof callback !== "function") throw new TypeError("Failed to execute 'forEach' on 'Headers': parameter 1 is not of type 'Function'.");
    for (const [name, value] of this.#list()) callback.call(thisArg, value, name, this);
  }
  declare [Symbol.iterator]: () => IterableIterator<[string, string]>;

  [inspectKey](depth: number, options: object, inspect: (v: unknown, o: object) => string): string {
    return `Headers ${inspect(Object.fromEntries(this.#list()), options)}`;
  }
}
Object.defineProperties(Headers.prototype, {
  [Symbol.toStringTag]: { value: "Headers", configurable: true },
  [Symbol.iterator]: { value: Headers.prototype.entries, writable: true, configurable: true },
});
for (const name of ["fromFlat", "incoming", "toFlat"]) Object.defineProperty(Headers, name, { enumerable: false });

/** The value of a name in a flat list, repeats joined. */
function valueIn(list: readonly string[], name: string): string | null {
  let found: string | null = null;
  for (let i = 0; i + 1 < list.length; i += 2) {
    if (list[i] !== name) continue;
    found = found === null ? list[i + 1]! : found + (name === "cookie" ? "; " : ", ") + list[i + 1]!;
  }
  return found;
}

function checkName(name: string, method: string): string {
  const text = String(name);
  if (!tokenPattern.test(text)) throw codedError("ERR_INVALID_HTTP_TOKEN", `Headers.${method}: ${text} is an invalid header name.`, TypeError);
  return text.toLowerCase();
}

function checkValue(value: string, method: string, name: string): string {
  let text = String(value);
  if (blankEnd.test(text)) text = text.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
  if (badValue.test(text)) throw codedError("ERR_INVALID_CHAR", `Headers.${method}: the value of "${name}" is an invalid header value.`, TypeError);
  return text;
}
