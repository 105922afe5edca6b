/** Errors of every kind as problems that can be shown. */
import type { Info, Kind, Problem } from "./problems";

/** The most characters of a message or a stack that are kept. */
const mostText = 100_000;
const mostCauses = 5;

/** Makes a problem of whatever was thrown. */
export function describeError(kind: Kind, error: unknown, info: Info = {}, depth = 0): Problem {
  const problem = isError(error) ? fromError(kind, error, depth) : fromValue(kind, error);
  if (info.componentStack) problem.componentStack = clip(info.componentStack);
  const mismatch = splitMismatch(problem.text);
  if (mismatch) {
    // The stack of the error is that of React at work; the owner's leads to the element.
    const stack = info.ownerStack ? clip(info.ownerStack) : undefined;
    Object.assign(problem, { kind: "hydration", title: "Hydration mismatch", stack, hint: hintFor(mismatch.text), ...mismatch });
  } else if (kind === "hydration") {
    // Something was thrown while React took the page over.
    problem.kind = "runtime";
  }
  return problem;
}

/** Errors of frames and of other windows are not `instanceof Error` here. */
function isError(value: unknown): value is Error {
  return value instanceof Error || (typeof value === "object" && value !== null && "message" in value && "stack" in value);
}

function fromError(kind: Kind, error: Error, depth: number): Problem {
  const name = typeof error.name === "string" && error.name ? error.name : "Error";
  let text = String(error.message) || name;
  const problem: Problem = { kind, title: kind === "rejection" ? `Unhandled ${name}` : name, text };
  if (typeof error.stack === "string") problem.stack = clip(error.stack);
  if (depth < mostCauses) {
    const several = (error as AggregateError).errors;
    let cause = error.cause;
    if (Array.isArray(several)) {
      text += several.slice(0, 20).map((e) => `\n  - ${isError(e) ? e.message : shown(e)}`).join("");
      cause ??= several[0];
    }
    if (cause !== undefined && cause !== null && cause !== error) problem.cause = describeError(kind === "rejection" ? "runtime" : kind, cause, {}, depth + 1);
  }
  problem.text = clip(text);
  return problem;
}

/** Something that is no error was thrown: there is no stack to show. */
function fromValue(kind: Kind, value: unknown): Problem {
  return {
    kind,
    title: kind === "rejection" ? "Unhandled rejection" : "Error",
    text: clip(shown(value)),
    hint: "This value is not an Error, so nobody knows where it was thrown. Throw `new Error(…)` instead.",
  };
}

/** A value that is no error, as text. */
export function shown(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** Where React begins to list what may be the reason: the hint says it shorter. */
const reasons = /\s*(?:This can happen if a SSR-ed|It can also happen if the client)[^]*?(?=\n\n?https:|$)/;
const mismatchLink = /\n*https:\/\/react\.dev\/link\/hydration-mismatch\S*/;
const nestingEnd = /This will cause a hydration error\.|See this log for the ancestor stack trace\./;

/** What React says of trees that differ: the sentence, and the two trees. Undefined for other messages. */
function splitMismatch(text: string): { text: string; diff: string } | undefined {
  const link = mismatchLink.exec(text);
  const nesting = link ? undefined : nestingEnd.exec(text);
  const end = link ?? nesting;
  if (!end) return undefined;
  let said = text.slice(0, end.index);
  if (link) said = said.replace(reasons, "");
  else said += end[0];
  // Frames of a logged error may follow.
  const diff = text.slice(end.index + end[0].length).replace(/\n\s+at [^]*$/, "");
  return { text: said.trim().replace(/^Error: /, ""), diff: diff.replace(/^\s*\n|\s+$/g, "") };
}

/** The same for the server's log. */
export function briefMismatch(text: string): string {
  const mismatch = splitMismatch(text);
  return mismatch ? `${mismatch.text}${mismatch.diff && `\n\n${mismatch.diff}`}` : text;
}

function hintFor(text: string): string {
  if (/^In HTML,|cannot (?:be|contain) a/.test(text))
    return "The browser moves elements that HTML does not allow there, so React finds another tree. Use an element that may stand inside its parent.";
  return "Server and browser rendered different things. Values that differ between them (Date, Math.random, window, the locale) belong into an effect, or into props from the server.";
}

function clip(text: string): string {
  return text.length > mostText ? `${text.slice(0, mostText)}\n… ${text.length - mostText} more characters` : text;
}

const extensionFrame = /\b[a-z-]+-extension:\/\//;

/** Errors that say nothing about the app: cancelled work, and what extensions of the browser do. */
export function ignorable(error: unknown): boolean {
  if (typeof error === "string") return error.startsWith("ResizeObserver loop");
  if (!isError(error)) return false;
  if (error.name === "AbortError" || (error as { cancelled?: unknown }).cancelled === true) return true;
  if (error.message.startsWith("ResizeObserver loop")) return true;
  const top = error.stack?.split("\n").find((line) => /:\d+:\d+\)?$/.test(line));
  return top !== undefined && extensionFrame.test(top);
}
