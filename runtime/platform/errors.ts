/** Errors with codes and texts that Node.js programs test for. */

import { quoteString } from "./inspect-primitives";

interface Coded extends Error {
  code?: string;
}

type ErrorClass = new (message?: string) => Error;

/** An error with `code`; its stack starts with "Name [CODE]: message" as Node's do. */
export function codedError(code: string, message: string, Base: ErrorClass = Error): Error & { code: string } {
  const error = new Base(message) as Coded;
  const name = error.name;
  Object.defineProperty(error, "name", { value: `${name} [${code}]`, configurable: true, writable: true, enumerable: false });
  // Reading the stack now fixes its first line with the decorated name.
  void error.stack;
  Object.defineProperty(error, "name", { value: name, configurable: true, writable: true, enumerable: false });
  if (error.stack?.startsWith(`${name}: `)) {
    error.stack = `${name} [${code}]${error.stack.slice(name.length)}`;
  }
  error.code = code;
  return error as Error & { code: string };
}

/** "Received type string ('abc')" and its kin, for argument errors. */
export function received(value: unknown): string {
  if (value == null) return ` Received ${value}`;
  if (typeof value === "function") return value.name ? ` Received function ${value.name}` : " Received function ";
  if (typeof value === "object") {
    const name = (value as object).constructor?.name;
    return name ? ` Received an instance of ${name}` : " Received [Object: null prototype] {}";
  }
  let text = typeof value === "string" ? quote(value) : typeof value === "bigint" ? `${value}n` : String(value);
  if (text.length > 28) text = text.slice(0, 25) + "...";
  return ` Received type ${typeof value} (${text})`;
}

function quote(text: string): string {
  return text.includes("'") ? JSON.stringify(text) : `'${text}'`;
}

const primitiveNames = new Set(["string", "function", "number", "object", "boolean", "bigint", "symbol", "Function", "Object"]);

/** ERR_INVALID_ARG_TYPE with Node's sentence. */
export function invalidArgType(name: string, expected: string | string[], actual: unknown): Error & { code: string } {
  const list = Array.isArray(expected) ? expected : [expected];
  const types = list.filter((e) => primitiveNames.has(e)).map((e) => e.toLowerCase());
  const instances = list.filter((e) => !primitiveNames.has(e) && /^([A-Z][a-z0-9]*)+$/.test(e));
  const other = list.filter((e) => !primitiveNames.has(e) && !instances.includes(e));
  const parts: string[] = [];
  if (types.length) parts.push((types.length > 1 ? "one of type " : "of type ") + either(types));
  if (instances.length) parts.push("an instance of " + either(instances));
  if (other.length) parts.push(other.length > 1 ? "one of " + either(other) : other[0]!);
  const subject = name.endsWith(" argument") ? `The ${name}` : `The "${name}" ${name.includes(".") ? "property" : "argument"}`;
  return codedError("ERR_INVALID_ARG_TYPE", `${subject} must be ${parts.join(" or ")}.${received(actual)}`, TypeError);
}

function either(words: string[]): string {
  if (words.length < 2) return words.join("");
  if (words.length === 2) return `${words[0]} or ${words[1]}`;
  return `${words.slice(0, -1).join(", ")}, or ${words[words.length - 1]}`;
}

export function invalidArgValue(name: string, value: unknown, reason = "is invalid"): Error & { code: string } {
  const kind = name.includes(".") ? "property" : "argument";
  const text = typeof value === "string" ? quoteString(value) : typeof value === "symbol" ? value.toString() : String(value);
  return codedError("ERR_INVALID_ARG_VALUE", `The ${kind} '${name}' ${reason}. Received ${text}`, TypeError);
}

export function outOfRange(name: string, range: string, value: unknown): Error & { code: string } {
  let text = String(value);
  if (typeof value === "number" && Number.isInteger(value) && Math.abs(value) > 2 ** 32) text = group(text);
  else if (typeof value === "bigint") text = group(text) + "n";
  return codedError("ERR_OUT_OF_RANGE", `The value of "${name}" is out of range. It must be ${range}. Received ${text}`, RangeError);
}

function group(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, "_");
}

export function requireString(value: unknown, name: string): asserts value is string {
  if (typeof value !== "string") throw invalidArgType(name, "string", value);
}

export function requireFunction(value: unknown, name: string): asserts value is (...args: never[]) => unknown {
  if (typeof value !== "function") throw invalidArgType(name, "function", value);
}

export function requireInteger(value: unknown, name: string, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): asserts value is number {
  if (typeof value !== "number") throw invalidArgType(name, "number", value);
  if (!Number.isInteger(value)) throw outOfRange(name, "an integer", value);
  if (value < min || value > max) throw outOfRange(name, `>= ${min} && <= ${max}`, value);
}

/** What every function that this engine does not carry throws when called. */
export function unsupported(name: string): Error & { code: string } {
  return codedError(
    "ERR_ONWARD_UNSUPPORTED",
    `${name} is not available in Onward's V8 engine. It needs a part of Node.js that the engine does not provide.`,
  );
}

/** A function that throws `unsupported(name)` when called or constructed. */
export function missing(name: string): (...args: unknown[]) => never {
  const stub = function (): never {
    throw unsupported(name);
  };
  Object.defineProperty(stub, "name", { value: name.slice(name.lastIndexOf(".") + 1) });
  return stub;
}
