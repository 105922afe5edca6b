/** util.format: the text of console.log and its directives. */
import { invalidArgType } from "./errors";
import { inspect, type InspectOptions } from "./inspect";
import { formatNumber } from "./inspect-primitives";

export function format(...args: unknown[]): string {
  return formatWithOptions({}, ...args);
}

export function formatWithOptions(options: InspectOptions, ...args: unknown[]): string {
  if (options === null || typeof options !== "object") throw invalidArgType("inspectOptions", "object", options);
  const first = args[0];
  let at = 0;
  let out = "";
  let joiner = "";
  if (typeof first === "string") {
    if (args.length === 1) return first;
    let last = 0;
    for (let i = 0; i < first.length - 1; i++) {
      if (first.charCodeAt(i) !== 37) continue;
      const next = first[++i]!;
      if (next === "%") {
        out += first.slice(last, i);
        last = i + 1;
        continue;
      }
      if (at + 1 === args.length) continue;
      const piece = directive(next, args[at + 1], options);
      if (piece === undefined) continue;
      at++;
      out += first.slice(last, i - 1) + piece;
      last = i + 1;
    }
    if (last !== 0 || at !== 0) {
      at++;
      joiner = " ";
      if (last < first.length) out += first.slice(last);
    }
  }
  while (at < args.length) {
    const value = args[at++];
    out += joiner + (typeof value === "string" ? value : inspect(value, { ...options, compact: 3, colors: options.colors ?? false }));
    joiner = " ";
  }
  return out;
}

function directive(letter: string, arg: unknown, options: InspectOptions): string | undefined {
  switch (letter) {
    case "s":
      if (typeof arg === "number") return formatNumber(arg, false);
      if (typeof arg === "bigint") return `${arg}n`;
      if (typeof arg !== "object" || arg === null || !usesBuiltInToString(arg)) return String(arg);
      return inspect(arg, { ...options, depth: 0, colors: false, compact: 3 });
    case "j":
      try {
        return JSON.stringify(arg) ?? "undefined";
      } catch (error) {
        if (error instanceof TypeError && /circular/i.test(error.message)) return "[Circular]";
        throw error;
      }
    case "d":
      if (typeof arg === "bigint") return `${arg}n`;
      return typeof arg === "symbol" ? "NaN" : formatNumber(Number(arg), false);
    case "i":
      if (typeof arg === "bigint") return `${arg}n`;
      return typeof arg === "symbol" ? "NaN" : formatNumber(parseInt(arg as string), false);
    case "f":
      return typeof arg === "symbol" ? "NaN" : formatNumber(parseFloat(arg as string), false);
    case "O": return inspect(arg, options);
    case "o": return inspect(arg, { ...options, showHidden: true, showProxy: true, depth: 4 });
    case "c": return "";
    default: return undefined;
  }
}

function usesBuiltInToString(value: object): boolean {
  const proxy = __native.proxyDetails(value);
  if (proxy) return proxy[0] === null || usesBuiltInToString(proxy[0] as object);
  if (typeof (value as { toString?: unknown }).toString !== "function") return true;
  if (Object.hasOwn(value, "toString")) return false;
  if (typeof (value as Record<symbol, unknown>)[Symbol.toPrimitive] === "function") return false;
  let at: object | null = value;
  while ((at = Object.getPrototypeOf(at) as object | null)) {
    if (!Object.hasOwn(at, "toString")) continue;
    const C = Object.getOwnPropertyDescriptor(at, "constructor")?.value as { name?: string } | undefined;
    return C !== undefined && typeof C === "function" && builtIns.has(C.name ?? "") && (globalThis as Record<string, unknown>)[C.name!] === C;
  }
  return true;
}
const builtIns = new Set(Object.getOwnPropertyNames(globalThis).filter((n) => /^[A-Z][a-zA-Z0-9]+$/.test(n)));
