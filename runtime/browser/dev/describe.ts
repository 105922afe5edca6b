/** Errors of every kind as problems that can be shown. */
import type { Info, Kind, Problem } from "./problems";

/** The most characters of a message or a stack that are kept. */
const mostText = 100_000;
const mostCauses = 5;

/** What React ends its explanation of a mismatch with; the trees come after it. */
const mismatchLink = /https:\/\/(?:react\.dev\/link|nextjs\.org\/docs\/messages)\/\S+/;

/** Makes a problem of whatever was thrown. */
export function describeError(kind: Kind, error: unknown, info: Info = {}, depth = 0): Problem {
  const problem = isError(error) ? fromError(kind, error, depth) : fromValue(kind, error);
  if (info.componentStack) problem.componentStack = clip(info.componentStack);
  if (info.ownerStack && problem.stack) problem.stack = clip(problem.stack + trimStart(info.ownerStack));
  const { text, diff } = splitDiff(problem.text);
  if (diff) Object.assign(problem, { kind: "hydration", title: "Hydration mismatch", text, diff, hint: hintFor(text) });
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
      text += several.slice(0, 20).map((e) => `\n  - ${isError(e) ? e.message : show(e)}`).join("");
      cause ??= several[0];
    }
    if (cause !== undefined && cause !== null && cause !== error) problem.cause = describeError(kind, cause, {}, depth + 1);
  }
  problem.text = clip(text);
  return problem;
}

/** Something that is no error was thrown: there is no stack to show. */
function fromValue(kind: Kind, value: unknown): Problem {
  return {
    kind,
    title: kind === "rejection" ? "Unhandled rejection" : "Error",
    text: clip(show(value)),
    hint: "This value is not an Error, so nobody knows where it was thrown. Throw `new Error(…)` instead.",
  };
}

function show(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** Takes the two trees off the end of React's message about a mismatch. */
function splitDiff(text: string): { text: string; diff?: string } {
  const link = mismatchLink.exec(text);
  if (link) {
    const diff = text.slice(link.index + link[0].length).replace(/^\s*\n|\s+$/g, "");
    if (isDiff(diff)) return { text: text.slice(0, link.index).trimEnd(), diff };
  }
  // Elements that may not be inside one another come without a link.
  const end = "This will cause a hydration error.";
  const at = text.indexOf(end);
  if (at < 0) return { text };
  const diff = text.slice(at + end.length).replace(/^\s*\n|\s+$/g, "");
  return { text: text.slice(0, at + end.length), diff: isDiff(diff) ? diff : " " };
}

function isDiff(text: string): boolean {
  return /^[+\->\s]\s*[<.\w"'{]/m.test(text) && /^\s*[<.]/.test(text);
}

function hintFor(text: string): string {
  if (/^In HTML,|cannot (?:be|contain) a/.test(text))
    return "The browser moves elements that HTML does not allow there, so React finds another tree. Use an element that may stand inside its parent.";
  return "Server and browser rendered different things. Values that differ between them (Date, Math.random, window, the locale) belong into an effect, or into props from the server.";
}

function trimStart(text: string): string {
  return text.startsWith("\n") ? text : `\n${text}`;
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
