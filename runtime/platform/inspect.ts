/**
 * util.inspect. The output equals Node's for what programs print: the engine
 * tells what plain JavaScript cannot see (promise states, proxies, iterators).
 */
import { invalidArgType } from "./errors";
import { Kind, reduce, visibleLength } from "./inspect-layout";
import { controlNames, formatPrimitive, quoteString, symbolText } from "./inspect-primitives";

export const inspectCustom: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;

export interface InspectOptions {
  showHidden?: boolean;
  depth?: number | null;
  colors?: boolean;
  customInspect?: boolean;
  showProxy?: boolean;
  maxArrayLength?: number | null;
  maxStringLength?: number | null;
  breakLength?: number;
  compact?: boolean | number;
  sorted?: boolean | ((a: string, b: string) => number);
  getters?: boolean | "get" | "set";
  numericSeparator?: boolean;
}

export type Stylize = (text: string, style: string) => string;

export interface Context {
  budget: { left: number };
  indentation: number;
  seen: object[];
  circular: Map<object, number> | undefined;
  currentDepth: number;
  stylize: Stylize;
  showHidden: boolean;
  depth: number;
  colors: boolean;
  customInspect: boolean;
  showProxy: boolean;
  maxArrayLength: number;
  maxStringLength: number;
  breakLength: number;
  /** true: everything on as few lines as fit; a number: so many inner levels on one line. */
  compact: number | true;
  sorted: boolean | ((a: string, b: string) => number);
  getters: boolean | "get" | "set";
  numericSeparator: boolean;
  /** As given, for custom inspectors. */
  options: InspectOptions;
}

export const defaultOptions: Required<InspectOptions> = {
  showHidden: false, depth: 2, colors: false, customInspect: true, showProxy: false, maxArrayLength: 100,
  maxStringLength: 10000, breakLength: 128, compact: 3, sorted: false, getters: false, numericSeparator: false,
};

export const colors: Record<string, [number, number]> = {
  reset: [0, 0], bold: [1, 22], dim: [2, 22], italic: [3, 23], underline: [4, 24], blink: [5, 25], inverse: [7, 27],
  hidden: [8, 28], strikethrough: [9, 29], doubleunderline: [21, 24], black: [30, 39], red: [31, 39], green: [32, 39],
  yellow: [33, 39], blue: [34, 39], magenta: [35, 39], cyan: [36, 39], white: [37, 39], bgBlack: [40, 49], bgRed: [41, 49],
  bgGreen: [42, 49], bgYellow: [43, 49], bgBlue: [44, 49], bgMagenta: [45, 49], bgCyan: [46, 49], bgWhite: [47, 49],
  framed: [51, 54], overlined: [53, 55], gray: [90, 39], grey: [90, 39], blackBright: [90, 39], redBright: [91, 39],
  greenBright: [92, 39], yellowBright: [93, 39], blueBright: [94, 39], magentaBright: [95, 39], cyanBright: [96, 39],
  whiteBright: [97, 39], bgGray: [100, 49], bgBlackBright: [100, 49], bgRedBright: [101, 49], bgGreenBright: [102, 49],
  bgYellowBright: [103, 49], bgBlueBright: [104, 49], bgMagentaBright: [105, 49], bgCyanBright: [106, 49], bgWhiteBright: [107, 49],
};

export const styles: Record<string, string> = {
  special: "cyan", number: "yellow", bigint: "yellow", boolean: "yellow", undefined: "grey", null: "bold",
  string: "green", symbol: "green", date: "magenta", regexp: "red", module: "underline",
};

const plain: Stylize = (text) => text;
const colored: Stylize = (text, style) => {
  const pair = colors[styles[style] ?? ""];
  return pair ? `\u001b[${pair[0]}m${text}\u001b[${pair[1]}m` : text;
};

export function inspect(value: unknown, options?: InspectOptions | boolean, depth?: number | null, useColors?: boolean): string {
  const given: InspectOptions = typeof options === "object" && options !== null ? options : {};
  const o = { ...defaultOptions, ...definedOnly(given) };
  if (typeof options === "boolean") o.showHidden = options;
  if (depth !== undefined && typeof options !== "object") o.depth = depth;
  if (useColors !== undefined && typeof options !== "object") o.colors = useColors;
  // Node's default for direct calls is 80 columns; 128 belongs to the REPL.
  if (given.breakLength === undefined) o.breakLength = defaultOptions.breakLength === 128 ? 80 : defaultOptions.breakLength;
  return format1(context(o, given), value, 0);
}

function definedOnly(o: InspectOptions): InspectOptions {
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(o)) if (Object.hasOwn(defaultOptions, key) || key === "stylize") out[key] = (o as Record<string, unknown>)[key];
  return out as InspectOptions;
}

function context(o: Required<InspectOptions>, options: InspectOptions): Context {
  return {
    budget: { left: 2 ** 27 }, indentation: 0, seen: [], circular: undefined, currentDepth: 0,
    stylize: o.colors ? colored : plain,
    showHidden: o.showHidden, depth: o.depth === null ? Infinity : o.depth, colors: o.colors, customInspect: o.customInspect,
    showProxy: o.showProxy, maxArrayLength: o.maxArrayLength ?? Infinity, maxStringLength: o.maxStringLength ?? Infinity,
    breakLength: o.breakLength, compact: o.compact === false ? 0 : o.compact, sorted: o.sorted,
    getters: o.getters, numericSeparator: o.numericSeparator, options,
  };
}

inspect.custom = inspectCustom;
inspect.colors = colors;
inspect.styles = styles;
Object.defineProperty(inspect, "defaultOptions", {
  get: () => defaultOptions,
  set(value: InspectOptions) {
    if (value === null || typeof value !== "object") throw invalidArgType("options", "object", value);
    Object.assign(defaultOptions, definedOnly(value));
  },
});

// ---- values

function format1(ctx: Context, value: unknown, recurseTimes: number): string {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) {
    return value === null ? ctx.stylize("null", "null") : formatPrimitive(ctx, value);
  }
  let target: object = value;
  const proxy = __native.proxyDetails(value);
  if (proxy) {
    if (ctx.showProxy) return formatProxy(ctx, proxy, recurseTimes);
    let inner: [unknown, unknown] | undefined = proxy;
    while (inner) {
      if (inner[0] === null || inner[0] === undefined) return ctx.stylize("<Revoked Proxy>", "special");
      target = inner[0] as object;
      inner = __native.proxyDetails(target);
    }
  }
  if (ctx.customInspect) {
    const custom = (target as Record<symbol, unknown>)[inspectCustom];
    const isOwnPrototype = (target as { constructor?: { prototype?: unknown } }).constructor?.prototype === target && Object.hasOwn(target, "constructor");
    if (typeof custom === "function" && custom !== inspect && !isOwnPrototype) {
      const depth = ctx.depth === Infinity ? Infinity : ctx.depth - recurseTimes;
      const result: unknown = custom.call(value, depth, customOptions(ctx), inspect);
      if (result !== value) {
        if (typeof result !== "object" && typeof result !== "function") return String(result).replaceAll("\n", `\n${" ".repeat(ctx.indentation)}`);
        return format1(ctx, result, recurseTimes);
      }
    }
  }
  if (ctx.seen.includes(value)) {
    ctx.circular ??= new Map();
    let index = ctx.circular.get(value);
    if (index === undefined) ctx.circular.set(value, (index = ctx.circular.size + 1));
    return ctx.stylize(`[Circular *${index}]`, "special");
  }
  return formatRaw(ctx, target, recurseTimes);
}

function customOptions(ctx: Context): object {
  return {
    ...defaultOptions, ...ctx.options, showHidden: ctx.showHidden, colors: ctx.colors, breakLength: ctx.breakLength,
    depth: ctx.depth === Infinity ? null : ctx.depth, compact: ctx.compact, stylize: ctx.stylize,
  };
}

function formatProxy(ctx: Context, details: [unknown, unknown], recurseTimes: number): string {
  if (recurseTimes > ctx.depth) return ctx.stylize("Proxy [Array]", "special");
  ctx.indentation += 2;
  const parts = details.map((d) => format1(ctx, d, recurseTimes + 1));
  ctx.indentation -= 2;
  return reduce(ctx, parts, "", ["Proxy [", "]"], Kind.ArrayExtras, recurseTimes);
}


/** Name of the class, "Object <Complex prototype>" and the like for odd ones, null for null prototypes. */
function constructorName(obj: object, ctx: Context, recurseTimes: number): string | null {
  let at: object | null = obj;
  while (at) {
    const d = Object.getOwnPropertyDescriptor(at, "constructor");
    if (d && typeof d.value === "function" && d.value.name !== "" && isInstance(obj, d.value as new () => object)) return String(d.value.name);
    at = Object.getPrototypeOf(at) as object | null;
  }
  const proto = Object.getPrototypeOf(obj) as object | null;
  if (proto === null) return null;
  const name = __native.constructorName(obj);
  if (recurseTimes > ctx.depth && ctx.depth !== null) return `${name} <Complex prototype>`;
  return `${name} <${inspect(proto, { ...ctx.options, customInspect: false, depth: -1 })}>`;
}

function isInstance(value: object, C: new () => object): boolean {
  try {
    return value instanceof C;
  } catch {
    return false;
  }
}

function prefix(name: string | null, tag: string, fallback: string, size = ""): string {
  if (name === null) {
    if (tag !== "" && fallback !== tag) return `[${fallback}${size}: null prototype] [${tag}] `;
    return `[${fallback}${size}: null prototype] `;
  }
  return tag !== "" && name !== tag ? `${name}${size} [${tag}] ` : `${name}${size} `;
}

function keysOf(ctx: Context, value: object): PropertyKey[] {
  const symbols = Object.getOwnPropertySymbols(value);
  if (ctx.showHidden) return [...Object.getOwnPropertyNames(value), ...symbols];
  let keys: string[];
  try {
    keys = Object.keys(value);
  } catch {
    keys = Object.getOwnPropertyNames(value);
  }
  return [...keys, ...symbols.filter((s) => Object.prototype.propertyIsEnumerable.call(value, s))];
}

function nonIndexKeys(ctx: Context, value: object): PropertyKey[] {
  return keysOf(ctx, value).filter((k) => typeof k === "symbol" || !/^(?:0|[1-9]\d{0,9})$/.test(k as string) || Number(k) > 4294967294);
}

const typedArrayProto = Object.getPrototypeOf(Uint8Array.prototype) as object;
const typedArrayTag = Object.getOwnPropertyDescriptor(typedArrayProto, Symbol.toStringTag)!.get!;

/** "Map", "Set", "Date" ... by internal slot, not by prototype. */
export function slotOf(value: object): string {
  for (const [name, probe] of probes) {
    try {
      probe(value);
      return name;
    } catch {
      // Not this one.
    }
  }
  return "";
}
const probes: [string, (v: object) => unknown][] = [
  ["Map", (v) => mapSize.call(v)],
  ["Set", (v) => setSize.call(v)],
  ["Date", (v) => Date.prototype.getTime.call(v)],
  ["RegExp", (v) => regexpSource(v)],
  ["ArrayBuffer", (v) => bufferLength.call(v)],
  ["SharedArrayBuffer", (v) => sharedLength!.call(v)],
  ["DataView", (v) => viewLength.call(v)],
  ["WeakMap", (v) => WeakMap.prototype.has.call(v, probes)],
  ["WeakSet", (v) => WeakSet.prototype.has.call(v, probes)],
  ["WeakRef", (v) => WeakRef.prototype.deref.call(v)],
  ["Number", (v) => Number.prototype.valueOf.call(v)],
  ["String", (v) => String.prototype.valueOf.call(v)],
  ["Boolean", (v) => Boolean.prototype.valueOf.call(v)],
  ["Symbol", (v) => Symbol.prototype.valueOf.call(v)],
  ["BigInt", (v) => BigInt.prototype.valueOf.call(v)],
];
const getter = (o: object, key: PropertyKey): ((this: unknown) => unknown) => Object.getOwnPropertyDescriptor(o, key)!.get!;
const mapSize = getter(Map.prototype, "size");
const setSize = getter(Set.prototype, "size");
const bufferLength = getter(ArrayBuffer.prototype, "byteLength");
const sharedLength = typeof SharedArrayBuffer === "function" ? getter(SharedArrayBuffer.prototype, "byteLength") : undefined;
const viewLength = getter(DataView.prototype, "byteLength");
const sourceGetter = getter(RegExp.prototype, "source");
function regexpSource(v: object): unknown {
  if (v === RegExp.prototype) throw new TypeError("not a RegExp");
  return sourceGetter.call(v);
}

export function isErrorObject(value: object): value is Error {
  if (value instanceof Error) return true;
  const E = Error as unknown as { isError?(v: unknown): boolean };
  if (E.isError) return E.isError(value);
  return Object.prototype.toString.call(value) === "[object Error]";
}

function formatRaw(ctx: Context, value: object, recurseTimes: number): string {
  const constructor = constructorName(value, ctx, recurseTimes);
  let tag = "";
  try {
    const own = (value as Record<symbol, unknown>)[Symbol.toStringTag];
    // An own, enumerable tag is printed as a property already.
    const shown = ctx.showHidden ? Object.hasOwn(value, Symbol.toStringTag) : Object.prototype.propertyIsEnumerable.call(value, Symbol.toStringTag);
    if (typeof own === "string" && own !== constructor && !shown) tag = own;
  } catch {
    // A getter that throws has no tag.
  }
  let keys: PropertyKey[] = [];
  let base = "";
  let kind = Kind.Object;
  let braces: [string, string] = ["{", "}"];
  let entries: (() => string[]) | undefined;
  const isTyped = typedArrayTag.call(value) as string | undefined;

  if (Array.isArray(value)) {
    const head = constructor !== "Array" || tag !== "" ? prefix(constructor, tag, "Array", `(${value.length})`) : "";
    keys = nonIndexKeys(ctx, value);
    braces = [`${head}[`, "]"];
    if (value.length === 0 && keys.length === 0) return `${braces[0]}]`;
    kind = Kind.ArrayExtras;
    entries = () => formatArray(ctx, value, recurseTimes);
  } else if (isTyped !== undefined) {
    const view = value as Uint8Array;
    keys = nonIndexKeys(ctx, value);
    braces = [`${prefix(constructor, tag, isTyped, `(${view.length})`)}[`, "]"];
    if (view.length === 0 && keys.length === 0 && !ctx.showHidden) return `${braces[0]}]`;
    kind = Kind.ArrayExtras;
    entries = () => formatTyped(ctx, view, recurseTimes);
  } else if (typeof value === "function") {
    base = functionBase(value, constructor, tag);
    keys = keysOf(ctx, value);
    if (keys.length === 0) return ctx.stylize(base, "special");
  } else if (Object.prototype.toString.call(value) === "[object Arguments]" && Object.hasOwn(value, "callee")) {
    keys = keysOf(ctx, value);
    if (keys.length === 0) return "[Arguments] {}";
    braces = ["[Arguments] {", "}"];
  } else if (isErrorObject(value)) {
    keys = keysOf(ctx, value);
    base = formatError(ctx, value, constructor, tag, keys);
    if (keys.length === 0) return base;
  } else {
    const slot = slotOf(value);
    const iterator = slot === "" && /^(?:Map|Set) Iterator$/.test(Object.prototype.toString.call(value).slice(8, -1));
    keys = keysOf(ctx, value);
    switch (slot) {
      case "Map":
        braces = [`${prefix(constructor, tag, "Map", `(${String(mapSize.call(value))})`)}{`, "}"];
        entries = () => formatMap(ctx, value as Map<unknown, unknown>, recurseTimes);
        if (mapSize.call(value) === 0 && keys.length === 0) return `${braces[0]}}`;
        break;
      case "Set":
        braces = [`${prefix(constructor, tag, "Set", `(${String(setSize.call(value))})`)}{`, "}"];
        entries = () => formatSet(ctx, value as Set<unknown>, recurseTimes);
        if (setSize.call(value) === 0 && keys.length === 0) return `${braces[0]}}`;
        break;
      case "Date": {
        const time = Date.prototype.getTime.call(value);
        base = Number.isNaN(time) ? Date.prototype.toString.call(value) : Date.prototype.toISOString.call(value);
        const head = prefix(constructor, tag, "Date");
        if (head !== "Date ") base = head + base;
        if (keys.length === 0) return ctx.stylize(base, "date");
        break;
      }
      case "RegExp": {
        base = RegExp.prototype.toString.call(value);
        const head = prefix(constructor, tag, "RegExp");
        if (head !== "RegExp ") base = head + base;
        if (keys.length === 0) return ctx.stylize(base, "regexp");
        break;
      }
      case "ArrayBuffer":
      case "SharedArrayBuffer":
        braces[0] = `${prefix(constructor, tag, slot)}{`;
        keys.unshift("byteLength");
        entries = () => formatArrayBuffer(ctx, value as ArrayBuffer);
        break;
      case "DataView":
        braces[0] = `${prefix(constructor, tag, slot)}{`;
        keys.unshift("byteLength", "byteOffset", "buffer");
        break;
      case "WeakMap":
      case "WeakSet":
        braces[0] = `${prefix(constructor, tag, slot)}{`;
        entries = () => [ctx.stylize("<items unknown>", "special")];
        break;
      case "WeakRef":
        braces[0] = `${prefix(constructor, tag, slot)}{`;
        entries = () => [format1(ctx, (value as WeakRef<object>).deref(), recurseTimes)];
        break;
      case "Number": case "String": case "Boolean": case "Symbol": case "BigInt": {
        const primitive = (Object(value) as { valueOf(): unknown }).valueOf.call(value);
        if (slot === "String") keys = nonIndexKeys(ctx, value);
        let head: string = slot;
        if (constructor !== slot) head = constructor === null ? `${slot} (null prototype)` : `${slot} (${constructor})`;
        base = `[${head}${tag !== "" && tag !== constructor ? ` [${tag}]` : ""}: ${formatPrimitive({ ...ctx, stylize: plain, compact: true }, primitive)}]`;
        if (keys.length === 0) return ctx.stylize(base, slot.toLowerCase());
        break;
      }
      default:
        if (iterator) {
          braces = [`[${tag}] {`, "}"];
          entries = () => formatIterator(ctx, value, recurseTimes, braces);
        } else if (value instanceof Promise) {
          braces[0] = `${prefix(constructor, tag, "Promise")}{`;
          entries = () => formatPromise(ctx, value, recurseTimes);
        } else if (tag === "Module" && constructor === null) {
          braces[0] = "[Module: null prototype] {";
        } else {
          if (keys.length === 0) {
            return constructor === "Object" && tag === "" ? "{}" : `${prefix(constructor, tag, "Object")}{}`;
          }
          if (constructor !== "Object" || tag !== "") braces[0] = `${prefix(constructor, tag, "Object")}{`;
        }
    }
  }

  if (recurseTimes > ctx.depth) {
    const name = prefix(constructor, tag, Array.isArray(value) ? "Array" : "Object").slice(0, -1);
    return ctx.stylize(`[${name}]`, "special");
  }
  recurseTimes += 1;
  ctx.seen.push(value);
  ctx.currentDepth = recurseTimes;
  let output: string[];
  try {
    output = entries ? entries() : [];
    for (const key of keys) output.push(formatProperty(ctx, value, recurseTimes, key, kind));
  } finally {
    ctx.seen.pop();
  }
  const index = ctx.circular?.get(value);
  if (index !== undefined) {
    const reference = ctx.stylize(`<ref *${index}>`, "special");
    if (base === "") braces[0] = `${reference} ${braces[0]}`;
    else base = `${reference} ${base}`;
  }
  if (ctx.sorted) {
    const compare = ctx.sorted === true ? undefined : ctx.sorted;
    if (kind === Kind.Object) output.sort(compare);
    else if (keys.length > 1) {
      const own = output.splice(output.length - keys.length).sort(compare);
      output.push(...own);
    }
  }
  const result = reduce(ctx, output, base, braces, kind, recurseTimes, value);
  ctx.budget.left -= result.length;
  // Objects of absurd size: stop descending rather than fill the heap.
  if (ctx.budget.left < 0) ctx.depth = -1;
  return result;
}

function functionBase(value: object, constructor: string | null, tag: string): string {
  const source = Function.prototype.toString.call(value);
  if (source.startsWith("class") && source.endsWith("}")) {
    const bracket = source.slice(5, -1).indexOf("{");
    const head = source.slice(5, 5 + bracket);
    if (bracket !== -1 && (!head.includes("(") || /^\s+[^\s(]+\s*extends\s/.test(head) || !/\(/.test(head.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, "")))) {
      const own = Object.hasOwn(value, "name") ? String((value as { name: unknown }).name) : "";
      let base = own === "" ? "[class (anonymous)" : `[class ${own}`;
      if (constructor !== "Function" && constructor !== null) base += ` [${constructor}]`;
      if (tag !== "" && constructor !== tag) base += ` [${tag}]`;
      if (constructor !== null) {
        const parent = (Object.getPrototypeOf(value) as { name?: string } | null)?.name;
        if (parent) base += ` extends ${parent}`;
      } else base += " extends [null prototype]";
      return base + "]";
    }
  }
  const type = Object.prototype.toString.call(value).slice(8, -1);
  const kind = /^(Async|Generator|AsyncGenerator)Function$/.test(type) ? type : "Function";
  let base = `[${kind}`;
  if (constructor === null) base += " (null prototype)";
  const name = (value as { name?: unknown }).name;
  base += name === "" || typeof name !== "string" ? " (anonymous)" : `: ${name}`;
  base += "]";
  if (constructor !== kind && constructor !== null && constructor !== "Function") base += ` ${constructor}`;
  if (tag !== "" && constructor !== tag && tag !== kind) base += ` [${tag}]`;
  return base;
}

function formatError(ctx: Context, error: Error, constructor: string | null, tag: string, keys: PropertyKey[]): string {
  const name = error.name !== undefined && error.name !== null ? String(error.name) : "Error";
  let stack = typeof error.stack === "string" && error.stack !== "" ? error.stack : Error.prototype.toString.call(error);
  if (!ctx.showHidden && keys.length > 0) {
    for (const hidden of ["name", "message", "stack"] as const) {
      const at = keys.indexOf(hidden);
      if (at !== -1 && (typeof error[hidden] !== "string" || stack.includes(String(error[hidden])))) keys.splice(at, 1);
    }
  }
  if ("cause" in error && !keys.includes("cause")) keys.push("cause");
  const list = (error as { errors?: unknown }).errors;
  if (Array.isArray(list) && !keys.includes("errors")) keys.push("errors");
  stack = improveStack(stack, constructor, name, tag);
  const at = error.message ? stack.indexOf(error.message) : -1;
  const from = at < 0 ? 0 : at + error.message.length;
  const frames = stack.indexOf("\n    at", from);
  if (frames === -1) stack = `[${stack}]`;
  else if (ctx.colors) {
    stack = stack.slice(0, frames) + stack.slice(frames).replace(/^ {4}at .*\((?:node:|internal\/).*$/gm, (l) => `\u001b[90m${l}\u001b[39m`);
  }
  if (ctx.indentation !== 0) stack = stack.replaceAll("\n", `\n${" ".repeat(ctx.indentation)}`);
  return stack;
}

function improveStack(stack: string, constructor: string | null, name: string, tag: string): string {
  let known = name.length;
  if (constructor === null || (name.endsWith("Error") && stack.startsWith(name) && (stack.length === known || stack[known] === ":" || stack[known] === "\n"))) {
    let fallback = "Error";
    if (constructor === null) {
      const start = /^([A-Z][a-z_ A-Z0-9[\]()-]+)(?::|\n\s+at)/.exec(stack) ?? /^([a-z_A-Z0-9-]*Error)$/.exec(stack);
      fallback = start?.[1] ?? "";
      known = fallback.length;
      fallback = fallback || "Error";
    }
    const head = prefix(constructor, tag, fallback).slice(0, -1);
    if (name !== head) {
      if (head.includes(name)) stack = known === 0 ? `${head}: ${stack}` : `${head}${stack.slice(known)}`;
      else stack = `${head} [${name}]${stack.slice(known)}`;
    }
  }
  return stack;
}

function remaining(n: number): string {
  return `... ${n} more item${n > 1 ? "s" : ""}`;
}

function formatArray(ctx: Context, array: unknown[], recurseTimes: number): string[] {
  const most = Math.min(Math.max(0, ctx.maxArrayLength), array.length);
  const output: string[] = [];
  let i = 0;
  for (; i < array.length && output.length < most; i++) {
    if (Object.hasOwn(array, i)) {
      output.push(formatProperty(ctx, array, recurseTimes, String(i), Kind.Array));
      continue;
    }
    const start = i;
    while (i + 1 < array.length && !Object.hasOwn(array, i + 1)) i++;
    const holes = i - start + 1;
    output.push(ctx.stylize(`<${holes} empty item${holes > 1 ? "s" : ""}>`, "undefined"));
  }
  if (i < array.length) output.push(remaining(array.length - i));
  return output;
}

function formatTyped(ctx: Context, view: Uint8Array, recurseTimes: number): string[] {
  const most = Math.min(Math.max(0, ctx.maxArrayLength), view.length);
  const output: string[] = [];
  for (let i = 0; i < most; i++) output.push(formatPrimitive(ctx, view[i]));
  if (view.length > most) output.push(remaining(view.length - most));
  if (ctx.showHidden) {
    ctx.indentation += 2;
    for (const key of ["BYTES_PER_ELEMENT", "length", "byteLength", "byteOffset", "buffer"] as const) {
      output.push(`[${key}]: ${format1(ctx, view[key], recurseTimes)}`);
    }
    ctx.indentation -= 2;
  }
  return output;
}

function formatArrayBuffer(ctx: Context, buffer: ArrayBuffer): string[] {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(buffer);
  } catch {
    return [ctx.stylize("(detached)", "special")];
  }
  const most = Math.min(Math.max(0, ctx.maxArrayLength), bytes.length);
  let text = __native.bytesToString(bytes.subarray(0, most), "hex").replace(/(..)(?=.)/g, "$1 ");
  const more = bytes.length - most;
  if (more > 0) text += ` ... ${more} more byte${more > 1 ? "s" : ""}`;
  return [`${ctx.stylize("[Uint8Contents]", "special")}: <${text}>`];
}

function formatSet(ctx: Context, set: Set<unknown>, recurseTimes: number): string[] {
  const output: string[] = [];
  const most = Math.min(Math.max(0, ctx.maxArrayLength), Number(setSize.call(set)));
  ctx.indentation += 2;
  for (const item of Set.prototype.values.call(set)) {
    if (output.length >= most) break;
    output.push(format1(ctx, item, recurseTimes));
  }
  const size = Number(setSize.call(set));
  if (size > most) output.push(remaining(size - most));
  ctx.indentation -= 2;
  return output;
}

function formatMap(ctx: Context, map: Map<unknown, unknown>, recurseTimes: number): string[] {
  const output: string[] = [];
  const most = Math.min(Math.max(0, ctx.maxArrayLength), Number(mapSize.call(map)));
  ctx.indentation += 2;
  for (const [key, item] of Map.prototype.entries.call(map)) {
    if (output.length >= most) break;
    output.push(`${format1(ctx, key, recurseTimes)} => ${format1(ctx, item, recurseTimes)}`);
  }
  const size = Number(mapSize.call(map));
  if (size > most) output.push(remaining(size - most));
  ctx.indentation -= 2;
  return output;
}

function formatIterator(ctx: Context, value: object, recurseTimes: number, braces: [string, string]): string[] {
  const list = __native.previewEntries(value) ?? [];
  // An entries() iterator previews as a flat, marked list of pairs.
  const pairs = isEntries(list);
  ctx.indentation += 2;
  const output: string[] = [];
  const count = pairs ? list.length / 2 : list.length;
  const most = Math.min(Math.max(0, ctx.maxArrayLength), count);
  if (pairs) {
    braces[0] = braces[0].replace(/ Iterator] \{$/, " Entries] {");
    for (let i = 0; i < most; i++) {
      const parts = [format1(ctx, list[2 * i], recurseTimes), format1(ctx, list[2 * i + 1], recurseTimes)];
      output.push(reduce(ctx, parts, "", ["[", "]"], Kind.ArrayExtras, recurseTimes));
    }
  } else {
    for (let i = 0; i < most; i++) output.push(format1(ctx, list[i], recurseTimes));
  }
  if (count > most) output.push(remaining(count - most));
  ctx.indentation -= 2;
  return output;
}

function isEntries(list: unknown[]): boolean {
  return (list as unknown[] & { isKeyValue?: boolean }).isKeyValue === true;
}

function formatPromise(ctx: Context, promise: Promise<unknown>, recurseTimes: number): string[] {
  const [state, result] = __native.promiseState(promise);
  if (state === 0) return [ctx.stylize("<pending>", "special")];
  ctx.indentation += 2;
  const text = format1(ctx, result, recurseTimes);
  ctx.indentation -= 2;
  return [state === 2 ? `${ctx.stylize("<rejected>", "special")} ${text}` : text];
}

function formatProperty(ctx: Context, value: object, recurseTimes: number, key: PropertyKey, kind: Kind): string {
  const d = Object.getOwnPropertyDescriptor(value, key) ?? { value: (value as Record<PropertyKey, unknown>)[key], configurable: true, enumerable: true };
  let extra = " ";
  let text: string;
  if (d.value !== undefined || (!d.get && !d.set)) {
    const indent = ctx.compact !== true || kind !== Kind.Object ? 2 : 3;
    ctx.indentation += indent;
    text = format1(ctx, d.value, recurseTimes);
    if (indent === 3 && ctx.breakLength < visibleLength(text, ctx.colors)) extra = `\n${" ".repeat(ctx.indentation)}`;
    ctx.indentation -= indent;
  } else if (d.get) {
    const label = d.set ? "Getter/Setter" : "Getter";
    const show = ctx.getters && (ctx.getters === true || (ctx.getters === "get" && !d.set) || (ctx.getters === "set" && d.set));
    if (show) {
      try {
        const got: unknown = d.get.call(value);
        ctx.indentation += 2;
        if (got === null || typeof got !== "object") text = `${ctx.stylize(`[${label}:`, "special")} ${format1(ctx, got, recurseTimes)}${ctx.stylize("]", "special")}`;
        else text = `${ctx.stylize(`[${label}]`, "special")} ${format1(ctx, got, recurseTimes)}`;
        ctx.indentation -= 2;
      } catch (error) {
        text = ctx.stylize(`[${label}: <Inspection threw (${error instanceof Error ? error.message : String(error)})>]`, "special");
      }
    } else text = ctx.stylize(`[${label}]`, "special");
  } else if (d.set) {
    text = ctx.stylize("[Setter]", "special");
  } else {
    text = ctx.stylize("undefined", "undefined");
  }
  if (kind === Kind.Array) return text;
  let name: string;
  if (typeof key === "symbol") name = `[${ctx.stylize(symbolText(key), "symbol")}]`;
  else if (key === "__proto__") name = "['__proto__']";
  else if (d.enumerable === false) name = `[${String(key).replace(/[\u0000-\u001f]/g, (c) => controlNames[c.charCodeAt(0)] ?? "")}]`;
  else if (/^[a-zA-Z_][a-zA-Z_0-9]*$/.test(String(key))) name = ctx.stylize(String(key), "name");
  else name = ctx.stylize(quoteString(String(key)), "string");
  return `${name}:${extra}${text}`;
}
