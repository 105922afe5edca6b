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
  forward(): Forward;
  send(line: ConsoleLine): void;
  /** React found another tree than the server made; error: what it logged, if that is one. */
  hydration(message: string, error: Error | undefined): void;
  /** Who made the element that React is at work on, as a stack. */
  owner(): string | null | undefined;
}

type Level = ConsoleLine["level"];
type Forward = "error" | "warn" | "all" | false;

const mostText = 8_000;
/** Lines per ten seconds, so that a loop that logs does not drown the terminal. */
const mostLines = 50;

/** Watches errors; the other levels from when somebody wants them, as debuggers show who calls the console. */
export function watchConsole(watcher: Watcher): { forward(): void } {
  const watched = new Set<Level>();
  let lines = 0;
  let since = 0;
  /** A mismatch was told. */
  let told = false;

  function watch(level: Level): void {
    if (watched.has(level)) return;
    watched.add(level);
    const original = console[level];
    console[level] = function (this: unknown, ...args: unknown[]) {
      if (level === "error" && isAboutOnward(args)) return;
      original.apply(this, args);
      try {
        heard(level, args);
      } catch {
        // An object that cannot be printed must not break who logs it.
      }
    };
  }

  function heard(level: Level, args: readonly unknown[]): void {
    const send = wanted(level, watcher.forward());
    if (level !== "error" && !send) return;
    let text = format(args);
    let stack = trace(args);
    const owner = watcher.owner();
    // What React warns of is best found by who made the element.
    if (owner && !errorIn(args)) stack += `\n${owner}`;
    if (level === "error" && isMismatch(text)) {
      watcher.hydration(text, errorIn(args));
      // The stack is React's own; what differs is what counts, and is told first.
      text = briefMismatch(text);
      if (!text.includes("\n") && told) return;
      told = true;
      stack = owner ?? "";
    }
    if (!send) return;
    const now = performance.now();
    if (now - since > 10_000) {
      since = now;
      lines = 0;
    }
    if (++lines <= mostLines) watcher.send({ level, text: text.slice(0, mostText), stack: stack.slice(0, mostText) });
  }

  function forward(): void {
    for (const level of ["error", "warn", "info", "log", "debug"] as const) {
      if (level === "error" || wanted(level, watcher.forward())) watch(level);
    }
  }
  forward();
  return { forward };
}

function wanted(level: Level, forward: Forward): boolean {
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
  // The first line is the message in engines that print one, then come three functions of this file.
  const first = lines.findIndex((line) => /:\d+:\d+\)?$/.test(line));
  return lines.slice(first + 3).join("\n");
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
