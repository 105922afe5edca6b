/** The page's console: what it says goes to the server too, and React's reports of mismatches become problems. */

import { briefMismatch } from "./describe";

/** A line of the console for the server. */
export interface ConsoleLine {
  level: "error" | "warn" | "info" | "log" | "debug";
  text: string;
  /** Where it was called, as the engine prints stacks. */
  stack: string;
}

interface Watcher {
  /** What is passed on: errors; those and warnings; all; nothing. */
  level(): "error" | "warn" | "all" | false;
  send(line: ConsoleLine): void;
  /** React found another tree than the server made; error: what it logged, if that is one. */
  hydration(message: string, error: Error | undefined): void;
  /** Who made the element that React is at work on, as a stack. */
  owner(): string | null | undefined;
}

const levels = ["error", "warn", "info", "log", "debug"] as const;
const mostText = 8_000;
/** Lines per ten seconds, so that a loop that logs does not drown the terminal. */
const mostLines = 50;

export function watchConsole(watcher: Watcher): void {
  let lines = 0;
  let since = 0;
  /** A mismatch was told. */
  let told = false;
  for (const level of levels) {
    const original = console[level];
    console[level] = function (this: unknown, ...args: unknown[]) {
      if (level === "error" && isAboutOnward(args)) return;
      original.apply(this, args);
      if (level !== "error" && !wanted(level, watcher.level())) return;
      try {
        let text = format(args);
        let stack = trace(args);
        if (level === "error" && isMismatch(text)) {
          watcher.hydration(text, errorIn(args));
          // The stack is React's own; what differs is what counts, and is told first.
          text = briefMismatch(text);
          if (!text.includes("\n") && told) return;
          told = true;
          stack = watcher.owner() ?? "";
        }
        if (!wanted(level, watcher.level())) return;
        const now = performance.now();
        if (now - since > 10_000) {
          since = now;
          lines = 0;
        }
        if (++lines > mostLines) return;
        watcher.send({ level, text: text.slice(0, mostText), stack: stack.slice(0, mostText) });
      } catch {
        // An object that cannot be printed must not break who logs it.
      }
    };
  }
}

function wanted(level: (typeof levels)[number], forward: "error" | "warn" | "all" | false): boolean {
  if (forward === "all") return true;
  return level === "error" ? forward !== false : level === "warn" && forward === "warn";
}

/** React's advice on the component that Onward itself puts around pages. */
function isAboutOnward([format, name]: readonly unknown[]): boolean {
  return name === "Boundary" && typeof format === "string" && format.startsWith("%s: Error boundaries should implement");
}

function errorIn(args: readonly unknown[]): Error | undefined {
  return args.find((a) => a instanceof Error);
}

/** The stack of an error that is logged, else of the call. */
function trace(args: readonly unknown[]): string {
  const error = errorIn(args);
  if (error?.stack) return error.stack;
  const lines = new Error().stack?.split("\n") ?? [];
  // The first line is the message in engines that print one, then come this function and the console's.
  const first = lines.findIndex((line) => /:\d+:\d+\)?$/.test(line));
  return lines.slice(first + 2).join("\n");
}

/** Whether a message tells that the trees of server and browser differ. */
function isMismatch(text: string): boolean {
  return (
    text.includes("react.dev/link/hydration-mismatch") ||
    (/^In HTML, |cannot (?:be a child|contain a nested|be a descendant)/.test(text) && text.includes("hydration error"))
  );
}

/** Prints as consoles do: %s, %d and the like are replaced, the rest follows. */
export function format(args: readonly unknown[]): string {
  const rest = [...args];
  let text = "";
  if (typeof rest[0] === "string") {
    const pattern = rest.shift() as string;
    text = pattern.replace(/%([sdifoOc%])/g, (whole, letter: string) => {
      if (letter === "%") return "%";
      if (!rest.length) return whole;
      const value = rest.shift();
      if (letter === "c") return "";
      if (letter === "d" || letter === "i") return String(Math.trunc(Number(value)));
      return letter === "f" ? String(Number(value)) : print(value, letter === "s");
    });
  }
  for (const value of rest) text += (text && " ") + print(value, typeof value === "string");
  return text;
}

function print(value: unknown, bare: boolean): string {
  if (typeof value === "string") return bare ? value : JSON.stringify(value);
  if (value instanceof Error) return value.stack?.includes(value.message) ? value.stack : String(value);
  if (typeof value === "function") return `[Function: ${value.name || "anonymous"}]`;
  if (typeof value !== "object" || value === null) return typeof value === "symbol" ? value.toString() : String(value);
  if (value instanceof Element) return `<${value.localName}>`;
  const seen = new WeakSet<object>();
  try {
    return (
      JSON.stringify(value, (_, inner: unknown) => {
        if (typeof inner === "bigint") return `${inner}n`;
        if (typeof inner !== "object" || inner === null) return inner;
        if (inner instanceof Element) return `<${inner.localName}>`;
        if (seen.has(inner)) return "[…]";
        seen.add(inner);
        return inner;
      }) ?? String(value)
    );
  } catch {
    return Object.prototype.toString.call(value);
  }
}
