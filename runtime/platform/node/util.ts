/** node:util. */
import { codedError, invalidArgType, invalidArgValue, missing, requireFunction, requireString } from "../errors";
import { format, formatWithOptions } from "../format";
import { colors, inspect, isErrorObject } from "../inspect";
import { stripVTControlCharacters } from "../inspect-layout";
import { console } from "../console";
import { AbortController, AbortSignal } from "../web/abort";
import { TextDecoder, TextEncoder } from "../web/encoding";
import { isDeepEqual } from "./deep-equal";
import { parseArgs } from "./parse-args";
import { types } from "./types";
// For what promisify(setTimeout) means.
import "./timers";

type Fn = (this: unknown, ...args: unknown[]) => unknown;

const customPromisify: unique symbol = Symbol.for("nodejs.util.promisify.custom") as never;

export function promisify(original: Fn & { [customPromisify]?: Fn; argumentNames?: string[] }): Fn {
  requireFunction(original, "original");
  const custom = original[customPromisify];
  if (custom) {
    requireFunction(custom, "util.promisify.custom");
    return Object.defineProperty(custom, customPromisify, { value: custom, configurable: true }) as Fn;
  }
  const names = original.argumentNames;
  const fn: Fn = function (...args) {
    return new Promise((resolve, reject) => {
      Reflect.apply(original, this, [
        ...args,
        (error: unknown, ...values: unknown[]) => {
          if (error) reject(error);
          else if (names && values.length > 1) resolve(Object.fromEntries(names.map((n, i) => [n, values[i]])));
          else resolve(values[0]);
        },
      ]);
    });
  };
  Object.setPrototypeOf(fn, Object.getPrototypeOf(original) as object);
  Object.defineProperty(fn, customPromisify, { value: fn, enumerable: false, writable: false, configurable: true });
  return Object.defineProperties(fn, Object.getOwnPropertyDescriptors(original)) as Fn;
}
promisify.custom = customPromisify;

function callbackify(original: (...args: unknown[]) => Promise<unknown>): Fn {
  requireFunction(original, "original");
  const fn: Fn = function (...args) {
    const callback = args.pop();
    requireFunction(callback, "last argument");
    const call = callback as Fn;
    const promise = Reflect.apply(original, this, args) as Promise<unknown>;
    promise.then(
      (value) => process.nextTick(() => call.call(this, null, value)),
      (reason: unknown) =>
        process.nextTick(() => {
          if (reason) return call.call(this, reason);
          const error = codedError("ERR_FALSY_VALUE_REJECTION", "Promise was rejected with falsy value") as Error & { reason?: unknown };
          error.reason = reason;
          return call.call(this, error);
        }),
    );
  };
  const descriptors = Object.getOwnPropertyDescriptors(original) as Record<string, PropertyDescriptor>;
  if (typeof descriptors["length"]?.value === "number") descriptors["length"].value++;
  if (typeof descriptors["name"]?.value === "string") descriptors["name"].value += "Callbackified";
  return Object.defineProperties(fn, descriptors) as Fn;
}

function inherits(constructor: Function, parent: Function): void {
  if (typeof constructor !== "function") throw invalidArgType("ctor", "Function", constructor);
  if (typeof parent !== "function") throw invalidArgType("superCtor", "Function", parent);
  if (parent.prototype === undefined) throw invalidArgType("superCtor.prototype", "Object", parent.prototype);
  Object.defineProperty(constructor, "super_", { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype as object, parent.prototype as object);
}

const deprecatedCodes = new Set<string>();

function deprecate<F extends Fn>(fn: F, message: string, code?: string): F {
  requireFunction(fn, "fn");
  let said = false;
  const original = fn as unknown as { prototype?: unknown; length: number };
  const deprecated = function (this: unknown, ...args: unknown[]): unknown {
    if (!said) {
      said = true;
      if (code === undefined || !deprecatedCodes.has(code)) {
        if (code !== undefined) deprecatedCodes.add(code);
        process.emitWarning(message, "DeprecationWarning", code);
      }
    }
    return new.target ? Reflect.construct(fn, args, new.target) : Reflect.apply(fn, this, args);
  };
  Object.setPrototypeOf(deprecated, fn);
  if (original.prototype) (deprecated as { prototype: unknown }).prototype = original.prototype;
  Object.defineProperty(deprecated, "length", { value: original.length, configurable: true });
  return deprecated as unknown as F;
}

interface DebugLog {
  (...args: unknown[]): void;
  enabled: boolean;
}

/** A logger that NODE_DEBUG=set switches on. */
function debuglog(set: string, callback?: (log: DebugLog) => void): DebugLog {
  const name = set.toUpperCase();
  let on: boolean | undefined;
  const enabled = (): boolean =>
    (on ??= (process.env["NODE_DEBUG"] ?? "").split(",").some((s) => s !== "" && new RegExp(`^${s.trim().replace(/[|\\{}()[\]^$+?.]/g, "\\$&").replaceAll("*", ".*")}$`, "i").test(name)));
  const log = function (...args: unknown[]): void {
    if (!enabled()) return;
    callback?.(log);
    console.error(`${name} ${process.pid}: ${format(...args)}`);
  } as DebugLog;
  Object.defineProperty(log, "enabled", { get: enabled, configurable: true, enumerable: true });
  return log;
}

function styleText(style: string | string[], text: string, _options?: object): string {
  requireString(text, "text");
  let open = "";
  let close = "";
  for (const name of Array.isArray(style) ? style : [style]) {
    const pair = Object.hasOwn(colors, name) ? colors[name] : undefined;
    if (!pair) throw invalidArgValue("format", name, `must be one of: ${Object.keys(colors).map((c) => `'${c}'`).join(", ")}`);
    open += `\u001b[${pair[0]}m`;
    close = `\u001b[${pair[1]}m${close}`;
  }
  return open + text + close;
}

class MIMEParams {
  readonly #map = new Map<string, string>();
  get(name: string): string | null { return this.#map.get(String(name)) ?? null; }
  has(name: string): boolean { return this.#map.has(String(name)); }
  set(name: string, value: string): void { this.#map.set(String(name), String(value)); }
  delete(name: string): void { this.#map.delete(String(name)); }
  *entries(): IterableIterator<[string, string]> { yield* this.#map; }
  *keys(): IterableIterator<string> { yield* this.#map.keys(); }
  *values(): IterableIterator<string> { yield* this.#map.values(); }
  [Symbol.iterator](): IterableIterator<[string, string]> { return this.entries(); }
  toString(): string {
    return [...this.#map].map(([k, v]) => `${k}=${/^[!#$%&'*+\-.^_`|~\w]+$/.test(v) ? v : `"${v.replace(/["\\]/g, "\\$&")}"`}`).join(";");
  }
}

class MIMEType {
  type: string;
  subtype: string;
  readonly params = new MIMEParams();
  constructor(input: string) {
    const text = String(input);
    const match = /^\s*([!#$%&'*+\-.^_`|~\w]+)\/([!#$%&'*+\-.^_`|~\w]+)\s*(;[\s\S]*)?$/.exec(text);
    if (!match) throw codedError("ERR_INVALID_MIME_SYNTAX", `The MIME syntax for a type in "${text}" is invalid`, TypeError);
    this.type = match[1]!.toLowerCase();
    this.subtype = match[2]!.toLowerCase();
    for (const m of (match[3] ?? "").matchAll(/;\s*([^=;\s]+)=(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g)) {
      const name = m[1]!.toLowerCase();
      if (!this.params.has(name)) this.params.set(name, m[2] !== undefined ? m[2].replace(/\\(.)/g, "$1") : m[3]!.trim());
    }
  }
  get essence(): string { return `${this.type}/${this.subtype}`; }
  toString(): string {
    const params = this.params.toString();
    return params ? `${this.essence};${params}` : this.essence;
  }
  toJSON(): string { return this.toString(); }
}

const errorNames: Record<number, [string, string]> = {
  1: ["EPERM", "operation not permitted"], 2: ["ENOENT", "no such file or directory"], 5: ["EIO", "i/o error"],
  9: ["EBADF", "bad file descriptor"], 12: ["ENOMEM", "not enough memory"], 13: ["EACCES", "permission denied"],
  17: ["EEXIST", "file already exists"], 20: ["ENOTDIR", "not a directory"], 21: ["EISDIR", "illegal operation on a directory"],
  22: ["EINVAL", "invalid argument"], 24: ["EMFILE", "too many open files"], 28: ["ENOSPC", "no space left on device"],
  32: ["EPIPE", "broken pipe"], 39: ["ENOTEMPTY", "directory not empty"], 98: ["EADDRINUSE", "address already in use"],
  104: ["ECONNRESET", "connection reset by peer"], 110: ["ETIMEDOUT", "connection timed out"], 111: ["ECONNREFUSED", "connection refused"],
};

const isType = (kind: string) => (value: unknown): boolean => typeof value === kind;

export const utilModule = {
  inspect, format, formatWithOptions, stripVTControlCharacters, promisify, callbackify, inherits, deprecate, debuglog, debug: debuglog,
  styleText, parseArgs, types, MIMEType, MIMEParams, TextEncoder, TextDecoder,
  isDeepStrictEqual: (a: unknown, b: unknown): boolean => isDeepEqual(a, b, true),
  toUSVString: (text: unknown): string => String(text).toWellFormed(),
  getSystemErrorName: (n: number): string => errorNames[-n]?.[0] ?? `Unknown system error ${n}`,
  getSystemErrorMap: (): Map<number, [string, string]> => new Map(Object.entries(errorNames).map(([n, e]) => [-Number(n), e])),
  aborted(signal: AbortSignal, resource: object): Promise<void> {
    if (!(signal instanceof AbortSignal)) throw invalidArgType("signal", "AbortSignal", signal);
    if (resource === null || typeof resource !== "object") throw invalidArgType("resource", "Object", resource);
    return signal.aborted ? Promise.resolve() : new Promise((go) => signal.addEventListener("abort", () => go(), { once: true }));
  },
  transferableAbortController: (): AbortController => new AbortController(),
  transferableAbortSignal: (signal: AbortSignal): AbortSignal => signal,
  getCallSites: missing("util.getCallSites"),
  parseEnv(content: string): Record<string, string> {
    const out: Record<string, string> = {};
    for (const m of content.matchAll(/^\s*(?:export\s+)?([\w.-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|`([^`]*)`|([^#\r\n]*))?.*$/gm)) {
      out[m[1]!] = m[2] !== undefined ? m[2].replaceAll("\\n", "\n") : (m[3] ?? m[4] ?? (m[5] ?? "").trim());
    }
    return out;
  },
  log(...args: unknown[]): void {
    const now = new Date();
    const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map((n) => String(n).padStart(2, "0")).join(":");
    console.log("%s - %s", `${now.getDate()} ${now.toString().slice(4, 7)} ${time}`, format(...args));
  },
  _extend: (target: object, source: unknown): object => (source !== null && typeof source === "object" ? Object.assign(target, source) : target),
  isArray: Array.isArray, isBoolean: isType("boolean"), isNumber: isType("number"), isString: isType("string"), isSymbol: isType("symbol"),
  isUndefined: isType("undefined"), isFunction: isType("function"),
  isNull: (v: unknown): boolean => v === null, isNullOrUndefined: (v: unknown): boolean => v === null || v === undefined,
  isObject: (v: unknown): boolean => v !== null && typeof v === "object", isPrimitive: (v: unknown): boolean => v === null || (typeof v !== "object" && typeof v !== "function"),
  isRegExp: types.isRegExp, isDate: types.isDate, isError: (v: unknown): boolean => typeof v === "object" && v !== null && isErrorObject(v),
  isBuffer: (v: unknown): boolean => Buffer.isBuffer(v),
};
