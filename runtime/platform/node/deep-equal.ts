/** Deep equality as node:assert and util.isDeepStrictEqual have it. */
import { isErrorObject, slotOf } from "../inspect";

type Pairs = [unknown, unknown][];

export function isDeepEqual(a: unknown, b: unknown, strict: boolean): boolean {
  return equal(a, b, strict, []);
}

function equal(a: unknown, b: unknown, strict: boolean, seen: Pairs): boolean {
  if (a === b) return a !== 0 || !strict || Object.is(a, b);
  if (strict) {
    if (typeof a !== "object" || typeof b !== "object") return typeof a === "number" && Number.isNaN(a) && Number.isNaN(b as number);
    if (a === null || b === null) return false;
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  } else {
    if (a === null || typeof a !== "object") {
      return (b === null || typeof b !== "object") && (a == b || (Number.isNaN(a as number) && Number.isNaN(b as number) && typeof a === typeof b));
    }
    if (b === null || typeof b !== "object") return false;
  }
  const left = a as object;
  const right = b as object;
  if (Object.prototype.toString.call(left) !== Object.prototype.toString.call(right)) return false;

  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false;
    return members(left, right, strict, seen, (k) => !(typeof k === "string" && /^\d+$/.test(k)), () => {
      for (let i = 0; i < left.length; i++) {
        if (!equal(left[i], right[i], strict, seen)) return false;
        if (strict && Object.hasOwn(left, i) !== Object.hasOwn(right, i)) return false;
      }
      return true;
    });
  }
  if (ArrayBuffer.isView(left)) {
    if (!ArrayBuffer.isView(right) || left.byteLength !== right.byteLength) return false;
    const isFloat = left instanceof Float32Array || left instanceof Float64Array;
    const same = isFloat && !strict ? sameNumbers(left as Float64Array, right as Float64Array) : sameBytes(left, right);
    return same && members(left, right, strict, seen, (k) => !(typeof k === "string" && /^\d+$/.test(k)));
  }
  const kind = slotOf(left);
  if (kind !== slotOf(right)) return false;
  switch (kind) {
    case "Date":
      if (!Object.is(Date.prototype.getTime.call(left), Date.prototype.getTime.call(right))) return false;
      break;
    case "RegExp": {
      const [x, y] = [left as RegExp, right as RegExp];
      if (x.source !== y.source || x.flags !== y.flags || x.lastIndex !== y.lastIndex) return false;
      break;
    }
    case "Map":
      return members(left, right, strict, seen, undefined, () => sameMaps(left as Map<unknown, unknown>, right as Map<unknown, unknown>, strict, seen));
    case "Set":
      return members(left, right, strict, seen, undefined, () => sameSets(left as Set<unknown>, right as Set<unknown>, strict, seen));
    case "ArrayBuffer":
    case "SharedArrayBuffer":
      if (!sameBytes(new Uint8Array(left as ArrayBuffer), new Uint8Array(right as ArrayBuffer))) return false;
      break;
    case "Number": case "String": case "Boolean": case "Symbol": case "BigInt":
      if (!Object.is((left as { valueOf(): unknown }).valueOf(), (right as { valueOf(): unknown }).valueOf())) return false;
      break;
    case "WeakMap": case "WeakSet": case "WeakRef":
      return false;
    default:
      if (isErrorObject(left)) {
        if (!isErrorObject(right) || left.message !== right.message || left.name !== right.name) return false;
        if (("cause" in left || "cause" in right) && !equal(left.cause, right.cause, strict, seen)) return false;
        const [x, y] = [left as { errors?: unknown }, right as { errors?: unknown }];
        if ((x.errors !== undefined || y.errors !== undefined) && !equal(x.errors, y.errors, strict, seen)) return false;
      } else if (isErrorObject(right)) return false;
      if (left instanceof Promise || right instanceof Promise) return false;
  }
  return members(left, right, strict, seen);
}

/** Own enumerable properties (and, strictly, symbols), with a guard against cycles. */
function members(a: object, b: object, strict: boolean, seen: Pairs, keep?: (k: PropertyKey) => boolean, content?: () => boolean): boolean {
  for (const [x, y] of seen) {
    if (x === a) return y === b;
    if (y === b) return x === a;
  }
  const keysOf = (o: object): PropertyKey[] => {
    const keys: PropertyKey[] = Object.keys(o);
    if (strict) keys.push(...Object.getOwnPropertySymbols(o).filter((s) => Object.prototype.propertyIsEnumerable.call(o, s)));
    return keep ? keys.filter(keep) : keys;
  };
  const keys = keysOf(a);
  if (keys.length !== keysOf(b).length) return false;
  if (!keys.every((k) => Object.prototype.propertyIsEnumerable.call(b, k))) return false;
  seen.push([a, b]);
  try {
    if (content && !content()) return false;
    return keys.every((k) => equal((a as Record<PropertyKey, unknown>)[k], (b as Record<PropertyKey, unknown>)[k], strict, seen));
  } finally {
    seen.pop();
  }
}

function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  if (a.byteLength !== b.byteLength) return false;
  const x = new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
  const y = new Uint8Array(b.buffer, b.byteOffset, b.byteLength);
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
}

function sameNumbers(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && !(Number.isNaN(a[i]) && Number.isNaN(b[i]))) return false;
  return true;
}

function sameSets(a: Set<unknown>, b: Set<unknown>, strict: boolean, seen: Pairs): boolean {
  if (a.size !== b.size) return false;
  const rest: unknown[] = [];
  for (const item of a) if (!b.has(item)) rest.push(item);
  if (rest.length === 0) return true;
  if (strict && rest.some((item) => item === null || typeof item !== "object")) return false;
  const candidates = [...b].filter((item) => !a.has(item));
  for (const item of rest) {
    const at = candidates.findIndex((c) => equal(item, c, strict, seen));
    if (at < 0) return false;
    candidates.splice(at, 1);
  }
  return true;
}

function sameMaps(a: Map<unknown, unknown>, b: Map<unknown, unknown>, strict: boolean, seen: Pairs): boolean {
  if (a.size !== b.size) return false;
  const rest: [unknown, unknown][] = [];
  for (const [key, value] of a) {
    if (b.has(key)) {
      if (!equal(value, b.get(key), strict, seen)) return false;
    } else if (strict && (key === null || typeof key !== "object")) return false;
    else rest.push([key, value]);
  }
  const candidates = [...b].filter(([key]) => !a.has(key));
  for (const [key, value] of rest) {
    const at = candidates.findIndex(([k, v]) => equal(key, k, strict, seen) && equal(value, v, strict, seen));
    if (at < 0) return false;
    candidates.splice(at, 1);
  }
  return true;
}
