/** node:assert. Messages equal Node's for the simple cases; diffs are shorter. */
import { codedError, invalidArgType, invalidArgValue } from "../errors";
import { inspect } from "../inspect";
import { isDeepEqual } from "./deep-equal";

interface AssertionOptions {
  message?: string | Error;
  actual?: unknown;
  expected?: unknown;
  operator: string;
  stackStartFn?: Function;
}

const headings: Record<string, string> = {
  deepStrictEqual: "Expected values to be strictly deep-equal:",
  strictEqual: "Expected values to be strictly equal:",
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: "Expected values to be loosely deep-equal:",
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: "Values have same structure but are not reference-equal:",
  notDeepEqualUnequal: "Expected values not to be loosely deep-equal:",
};

const show = (value: unknown): string => inspect(value, { compact: false, customInspect: false, depth: 1000, maxArrayLength: Infinity, showHidden: false, showProxy: false, sorted: true, getters: true });

export class AssertionError extends Error {
  readonly code = "ERR_ASSERTION";
  generatedMessage: boolean;
  actual: unknown;
  expected: unknown;
  operator: string;
  constructor(options: AssertionOptions) {
    if (options === null || typeof options !== "object") throw invalidArgType("options", "Object", options);
    const { message, actual, expected, operator } = options;
    super(text(message, operator, actual, expected));
    this.generatedMessage = message === undefined;
    Object.defineProperty(this, "name", { value: "AssertionError", enumerable: false, writable: true, configurable: true });
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
    Error.captureStackTrace?.(this, options.stackStartFn ?? AssertionError);
    if (typeof this.stack === "string") this.stack = this.stack.replace(/^(AssertionError|Error)(?=:|\n|$)/, "AssertionError [ERR_ASSERTION]");
  }
  override toString(): string {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
}

/** With a message of one's own the two equality checks still show what differs. */
function text(message: string | Error | undefined, operator: string, actual: unknown, expected: unknown): string {
  if (message === undefined || message === null) return generate(operator, actual, expected);
  if (operator === "deepStrictEqual" || operator === "strictEqual") return difference(operator, actual, expected, String(message));
  return String(message);
}

function generate(operator: string, actual: unknown, expected: unknown): string {
  if (operator === "deepStrictEqual" || operator === "strictEqual") return difference(operator, actual, expected);
  if (operator === "notDeepStrictEqual" || operator === "notStrictEqual") {
    const isObject = (typeof actual === "object" && actual !== null) || typeof actual === "function";
    const heading = operator === "notStrictEqual" && isObject ? headings["notStrictEqualObject"]! : headings[operator]!;
    const lines = show(actual).split("\n");
    return lines.length === 1 ? `${heading}${lines[0]!.length > 5 ? "\n\n" : " "}${lines[0]}` : `${heading}\n\n${lines.join("\n")}\n`;
  }
  let left = show(actual);
  let right = show(expected);
  if (operator === "deepEqual") {
    left = `${headings["deepEqual"]}\n\n${left}\n\nshould loosely deep-equal\n\n`;
    return left + right;
  }
  if (operator === "notDeepEqual") return `${headings["notDeepEqualUnequal"]}\n\n${left}\n\nshould not loosely deep-equal\n\n${right}`;
  if (left.length > 512) left = `${left.slice(0, 509)}...`;
  if (right.length > 512) right = `${right.slice(0, 509)}...`;
  return `${left} ${operator} ${right}`;
}

/** Both values with the lines that differ marked. */
function difference(operator: string, actual: unknown, expected: unknown, custom?: string): string {
  const a = show(actual).split("\n");
  const e = show(expected).split("\n");
  const isObject = (v: unknown): boolean => (typeof v === "object" && v !== null) || typeof v === "function";
  let heading = custom ?? headings[operator]!;
  if (custom === undefined && operator === "strictEqual" && isObject(actual) && isObject(expected)) heading = headings["strictEqualObject"]!;
  if (a.length === 1 && e.length === 1 && a[0] !== e[0]) {
    const inputLength = a[0]!.length + e[0]!.length;
    if (inputLength <= 12 && !(isObject(actual) || isObject(expected)) && (actual !== 0 || expected !== 0)) return `${custom ?? headings[operator]}\n\n${a[0]} !== ${e[0]}\n`;
    if (operator !== "strictEqualObject" && inputLength < 80) {
      let i = 0;
      while (a[0]![i] === e[0]![i]) i++;
      if (i > 2) return `${heading}\n${"+ actual - expected"}\n\n+ ${a[0]}\n- ${e[0]}\n${" ".repeat(i + 2)}^`;
    }
    return `${heading}\n+ actual - expected\n\n+ ${a[0]}\n- ${e[0]}`;
  }
  if (a.join("\n") === e.join("\n")) return `${headings["notIdentical"]}\n\n${a.join("\n")}\n`;
  const out: string[] = [];
  // Longest common subsequence of lines, for values of a size that a person reads.
  if (a.length * e.length > 250_000) return `${heading}\n+ actual - expected\n\n+ ${a.join("\n+ ")}\n- ${e.join("\n- ")}`;
  const common: Uint32Array[] = Array.from({ length: a.length + 1 }, () => new Uint32Array(e.length + 1));
  const bare = (line: string): string => line.replace(/,$/, "");
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = e.length - 1; j >= 0; j--) common[i]![j] = bare(a[i]!) === bare(e[j]!) ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
  }
  let i = 0;
  let j = 0;
  while (i < a.length || j < e.length) {
    if (i < a.length && j < e.length && bare(a[i]!) === bare(e[j]!)) {
      out.push(`  ${a[i++]}`);
      j++;
    } else if (i < a.length && (j >= e.length || common[i + 1]![j]! >= common[i]![j + 1]!)) out.push(`+ ${a[i++]}`);
    else out.push(`- ${e[j++]}`);
  }
  return `${heading}\n+ actual - expected\n\n${out.join("\n")}`;
}

type Message = string | Error | undefined;

function fail(actual: unknown, expected: unknown, message: Message, operator: string, start: Function): never {
  if (message instanceof Error) throw message;
  throw new AssertionError({ actual, expected, message, operator, stackStartFn: start });
}

function ok(...args: unknown[]): void {
  check(ok, args);
}
function check(start: Function, args: unknown[]): void {
  const [value, message] = args as [unknown, Message];
  if (value) return;
  if (args.length === 0) {
    const error = new AssertionError({ actual: value, expected: true, operator: "==", message: "No value argument passed to `assert.ok()`", stackStartFn: start });
    error.generatedMessage = true;
    throw error;
  }
  if (message instanceof Error) throw message;
  const generated = message === undefined || message === null;
  const error = new AssertionError({
    actual: value, expected: true, operator: "==", stackStartFn: start,
    message: generated ? "The expression evaluated to a falsy value:\n\n  assert(" + inspect(value) + ")\n" : message,
  });
  error.generatedMessage = generated;
  throw error;
}

function missingArguments(args: IArguments): void {
  if (args.length < 2) throw codedError("ERR_MISSING_ARGS", 'The "actual" and "expected" arguments must be specified', TypeError);
}

/** Whether an error is what throws() and rejects() were told to expect. */
function matches(actual: unknown, expected: unknown, message: Message, operator: string, start: Function): void {
  if (typeof expected === "function") {
    const Expected = expected as { prototype?: object; new (): object } & ((e: unknown) => unknown);
    if (Expected.prototype !== undefined && actual instanceof Expected) return;
    if (Object.prototype.isPrototypeOf.call(Error, expected)) {
      if (message instanceof Error) throw message;
      throw new AssertionError({
        actual, expected, operator, stackStartFn: start,
        message: message ?? `The error is expected to be an instance of "${(expected as Function).name}". Received ${actual instanceof Error ? `"${actual.name}"` : `"${inspect(actual, { depth: -1 })}"`}${actual instanceof Error && actual.message ? `\n\nError message:\n\n${actual.message}` : ""}`,
      });
    }
    if (Reflect.apply(expected, {}, [actual]) === true) return;
    throw new AssertionError({ actual, expected, operator, stackStartFn: start, message: message as string | undefined ?? `The ${expected.name ? `"${expected.name}" ` : ""}validation function is expected to return "true". Received ${inspect(false)}${actual instanceof Error ? `\n\nCaught error:\n\n${actual.message}` : ""}` });
  }
  if (expected instanceof RegExp) {
    if (expected.test(String(actual))) return;
    if (message instanceof Error) throw message;
    throw new AssertionError({ actual, expected, operator, stackStartFn: start, message: message ?? `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(String(actual))}\n` });
  }
  if (typeof expected !== "object" || expected === null) throw invalidArgType("expected", ["Function", "Error", "RegExp", "Object"], expected);
  if (typeof actual !== "object" || actual === null) fail(actual, expected, message, "deepStrictEqual", start);
  const keys = Object.keys(expected);
  if (expected instanceof Error) keys.push("name", "message");
  else if (keys.length === 0) throw invalidArgValue("error", expected, "may not be an empty object");
  for (const key of keys) {
    const got = (actual as Record<string, unknown>)[key];
    const wanted = (expected as Record<string, unknown>)[key];
    if (typeof got === "string" && wanted instanceof RegExp && wanted.test(got)) continue;
    if (key in (actual as object) && isDeepEqual(got, wanted, true)) continue;
    const left = Object.fromEntries(keys.filter((k) => k in (actual as object)).map((k) => [k, (actual as Record<string, unknown>)[k]]));
    const right = Object.fromEntries(keys.map((k) => [k, (expected as Record<string, unknown>)[k]]));
    if (message instanceof Error) throw message;
    const error = new AssertionError({ actual: left, expected: right, operator: "deepStrictEqual", message, stackStartFn: start });
    error.actual = actual;
    error.expected = expected;
    error.operator = operator;
    throw error;
  }
}

const nothing = Symbol("no error");

function attempt(fn: unknown): unknown {
  if (typeof fn !== "function") throw invalidArgType("fn", "function", fn);
  try {
    Reflect.apply(fn, undefined, []);
  } catch (error) {
    return error;
  }
  return nothing;
}
async function attemptAsync(input: unknown): Promise<unknown> {
  let promise = input;
  if (typeof input === "function") {
    promise = Reflect.apply(input, undefined, []) as unknown;
    if (typeof (promise as { then?: unknown } | null)?.then !== "function") {
      throw codedError("ERR_INVALID_RETURN_VALUE", `Expected instance of Promise to be returned from the "promiseFn" function but got ${promise === undefined ? "undefined" : `type ${typeof promise}`}.`, TypeError);
    }
  } else if (typeof (input as { then?: unknown } | null)?.then !== "function") throw invalidArgType("promiseFn", ["function", "Promise"], input);
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return nothing;
}

function expects(start: Function, actual: unknown, expected: unknown, message: Message): void {
  if (typeof expected === "string") [message, expected] = [expected, undefined];
  if (actual === nothing) {
    const name = (expected as { name?: string } | undefined)?.name;
    const kind = start === rejects ? "rejection" : "exception";
    const details = `${name ? ` (${name})` : ""}${message ? `: ${String(message)}` : "."}`;
    throw new AssertionError({ actual: undefined, expected, operator: start.name, message: `Missing expected ${kind}${details}`, stackStartFn: start });
  }
  if (expected !== undefined) matches(actual, expected, message, start.name, start);
}
function expectsNone(start: Function, actual: unknown, expected: unknown, message: Message): void {
  if (actual === nothing) return;
  if (typeof expected === "string") [message, expected] = [expected, undefined];
  const wanted = expected === undefined || (typeof expected === "function" && actual instanceof (expected as new () => object)) || (expected instanceof RegExp && expected.test(String(actual)));
  if (!wanted) throw actual;
  const kind = start === doesNotReject ? "rejection" : "exception";
  const text = (actual as Error | undefined)?.message;
  throw new AssertionError({ actual, expected, operator: start.name, message: `Got unwanted ${kind}${message ? `: ${String(message)}` : "."}\nActual message: "${text}"`, stackStartFn: start });
}

function throws(fn: unknown, expected?: unknown, message?: Message): void { expects(throws, attempt(fn), expected, message); }
function doesNotThrow(fn: unknown, expected?: unknown, message?: Message): void { expectsNone(doesNotThrow, attempt(fn), expected, message); }
async function rejects(promise: unknown, expected?: unknown, message?: Message): Promise<void> { expects(rejects, await attemptAsync(promise), expected, message); }
async function doesNotReject(promise: unknown, expected?: unknown, message?: Message): Promise<void> { expectsNone(doesNotReject, await attemptAsync(promise), expected, message); }

function strictEqual(actual: unknown, expected: unknown, message?: Message): void {
  missingArguments(arguments);
  if (!Object.is(actual, expected)) fail(actual, expected, message, "strictEqual", strictEqual);
}
function notStrictEqual(actual: unknown, expected: unknown, message?: Message): void {
  missingArguments(arguments);
  if (Object.is(actual, expected)) fail(actual, expected, message, "notStrictEqual", notStrictEqual);
}
function deepStrictEqual(actual: unknown, expected: unknown, message?: Message): void {
  missingArguments(arguments);
  if (!isDeepEqual(actual, expected, true)) fail(actual, expected, message, "deepStrictEqual", deepStrictEqual);
}
function notDeepStrictEqual(actual: unknown, expected: unknown, message?: Message): void {
  missingArguments(arguments);
  if (isDeepEqual(actual, expected, true)) fail(actual, expected, message, "notDeepStrictEqual", notDeepStrictEqual);
}
function looselyEqual(a: unknown, b: unknown): boolean {
  return a == b || (Number.isNaN(a as number) && Number.isNaN(b as number) && typeof a === typeof b);
}
function match(text: unknown, pattern: RegExp, message?: Message): void { matchText(text, pattern, message, true, match); }
function doesNotMatch(text: unknown, pattern: RegExp, message?: Message): void { matchText(text, pattern, message, false, doesNotMatch); }
function matchText(text: unknown, pattern: RegExp, message: Message, wanted: boolean, start: Function): void {
  if (!(pattern instanceof RegExp)) throw invalidArgType("regexp", "RegExp", pattern);
  if (typeof text === "string" && pattern.test(text) === wanted) return;
  if (message instanceof Error) throw message;
  const generated =
    typeof text !== "string"
      ? `The "string" argument must be of type string. Received type ${typeof text} (${inspect(text)})`
      : `${wanted ? "The input did not match the regular expression " : "The input was expected to not match the regular expression "}${inspect(pattern)}. Input:\n\n${inspect(text)}\n`;
  const error = new AssertionError({ actual: text, expected: pattern, operator: start.name, message: message ?? generated, stackStartFn: start });
  error.generatedMessage = message === undefined;
  throw error;
}

const shared = {
  AssertionError, throws, doesNotThrow, rejects, doesNotReject, strictEqual, notStrictEqual, deepStrictEqual, notDeepStrictEqual, match, doesNotMatch,
  fail(message?: Message): never {
    if (message instanceof Error) throw message;
    const error = new AssertionError({ message: message ?? "Failed", operator: "fail" });
    error.generatedMessage = message === undefined;
    throw error;
  },
  ifError(value: unknown): void {
    if (value === null || value === undefined) return;
    const text = value instanceof Error && value.message ? value.message : inspect(value);
    const error = new AssertionError({ actual: value, expected: null, operator: "ifError", message: `ifError got unwanted exception: ${text}` });
    throw error;
  },
};

interface Assert {
  (...args: unknown[]): void;
  strict: unknown;
  equal: Function;
  notEqual: Function;
  deepEqual: Function;
  notDeepEqual: Function;
}

export const assertModule = Object.assign((...args: unknown[]) => check(assertModule, args), shared, {
  ok,
  equal(actual: unknown, expected: unknown, message?: Message): void {
    missingArguments(arguments);
    if (!looselyEqual(actual, expected)) fail(actual, expected, message, "==", assertModule.equal);
  },
  notEqual(actual: unknown, expected: unknown, message?: Message): void {
    missingArguments(arguments);
    if (looselyEqual(actual, expected)) fail(actual, expected, message, "!=", assertModule.notEqual);
  },
  deepEqual(actual: unknown, expected: unknown, message?: Message): void {
    missingArguments(arguments);
    if (!isDeepEqual(actual, expected, false)) fail(actual, expected, message, "deepEqual", assertModule.deepEqual);
  },
  notDeepEqual(actual: unknown, expected: unknown, message?: Message): void {
    missingArguments(arguments);
    if (isDeepEqual(actual, expected, false)) fail(actual, expected, message, "notDeepEqual", assertModule.notDeepEqual);
  },
}) as unknown as typeof shared & Assert;

const strict = Object.assign((...args: unknown[]) => check(strict, args), shared, {
  ok, equal: strictEqual, notEqual: notStrictEqual, deepEqual: deepStrictEqual, notDeepEqual: notDeepStrictEqual,
}) as unknown as { strict: unknown } & ((...args: unknown[]) => void);
strict.strict = strict;
assertModule.strict = strict;
