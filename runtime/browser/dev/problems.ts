/**
 * What is wrong with the app at this moment: mistakes that the compiler found,
 * errors of the page, of React and of the server. The overlay shows the list;
 * whoever learns of a problem calls one of the functions below.
 */
import { describeError, ignorable, shown } from "./describe";
import { watchConsole } from "./console";
import type { ConsoleLine } from "./console";

export type Kind = "build" | "server" | "runtime" | "rejection" | "hydration";

/** One thing that is wrong, as it crosses the socket and stands in the error document. */
export interface Problem {
  kind: Kind;
  /** What sort of thing it is: "Build error", "TypeError". */
  title: string;
  /** What happened; may have many lines. */
  text: string;
  /** Where, relative to the project. Lines and columns count from 1. */
  file?: string;
  line?: number;
  column?: number;
  /** Source lines with numbers, the line marked with `>`, the place with `^`. */
  frame?: string;
  /** What to do. */
  hint?: string;
  /** The stack as the engine printed it, not mapped to sources. */
  stack?: string;
  /** Where in the tree of components, as React prints it. */
  componentStack?: string;
  /** How the trees of server and browser differ: lines with + and -. */
  diff?: string;
  cause?: Problem;
}

/** What React knows of an error beside the error itself. */
export interface Info {
  componentStack?: string | null | undefined;
  /** What `React.captureOwnerStack()` answered. */
  ownerStack?: string | null | undefined;
}

/** A problem in the list. */
export interface Entry {
  problem: Problem;
  /** The same for the same problem. */
  key: string;
  /** How often it happened. */
  count: number;
}

export type Position = "bottom-left" | "bottom-right" | "top-left" | "top-right";

/** What the configuration of the app says about all this. */
export interface Settings {
  /** Where the mark and the badge are; false: no mark while the server compiles. */
  indicator?: Position | false;
  /** Which lines of the page's console the server is told. */
  forward?: "error" | "warn" | "all" | false;
}

export interface State {
  /** What the document stands for comes first, then what the server knows of. */
  entries: readonly Entry[];
  busy: boolean;
  /** Counts the problems that were new: the overlay opens when it rises. */
  news: number;
  settings: Required<Settings>;
}

/** The most problems that are kept. */
const most = 20;

let own: Entry[] = [];
let server: Entry[] = [];
/** What the document was made with; it stays until the document goes. */
let carried: Entry[] = [];
/** Keys of what the user does not want to see again. */
const dismissed = new Set<string>();
let busy = false;
let news = 0;
let settings: Required<Settings> = { indicator: "bottom-left", forward: "warn" };
/** Errors that were reported, so that React and the window do not tell the same twice. */
let known = new WeakMap<object, Entry>();
const listeners = new Set<() => void>();
let watched: { forward(): void } | undefined;

/** Calls back at each change of the state, after it. */
export function subscribe(listener: () => void): void {
  listeners.add(listener);
}

export function state(): State {
  return { entries: [...carried, ...server, ...own], busy, news, settings };
}

function changed(): void {
  for (const listener of listeners) listener();
}

function keyOf(p: Problem): string {
  return [p.kind, p.title, p.text, p.file, p.line, p.column, p.stack?.split("\n", 4).join("\n")].join("\0");
}

/** Replaces what the server knows to be wrong; empty: all is mended. */
export function setBuildProblems(list: readonly Problem[]): void {
  const before = new Map([...server, ...carried].map((e) => [e.key, e]));
  const next = new Map<string, Entry>();
  for (const problem of list.slice(0, most)) {
    const key = keyOf(problem);
    if (!before.has(key)) news++;
    next.set(key, before.get(key) ?? { problem, key, count: 1 });
  }
  // What the document carried is the server's to clear, unless it is an error of a request.
  // It comes first: the others are of other pages.
  const first = [...server, ...carried].filter((e) => next.has(e.key));
  carried = carried.filter((e) => e.problem.kind === "server" && !next.has(e.key));
  server = [...new Set([...first, ...next.values()])];
  changed();
}

/**
 * Reports an error of the page. The same error again raises its counter; errors
 * that nobody can act on (cancelled requests, extensions) are left out.
 */
export function reportError(kind: Kind, error: unknown, info: Info = {}): void {
  if (ignorable(error)) return;
  const object = typeof error === "object" && error !== null ? error : undefined;
  const again = object && known.get(object);
  if (again) {
    enrich(again, info);
    return;
  }
  const problem = describeError(kind, error, info);
  // React tells of a mismatch once where it is and once that it failed.
  const told = problem.kind === "hydration" && !problem.diff && own.find((e) => e.problem.kind === "hydration");
  const entry = told || add(problem);
  if (object) known.set(object, entry);
}

/** React may tell of the tree what the window could not. */
function enrich({ problem }: Entry, { componentStack, ownerStack }: Info): void {
  if (componentStack && !problem.componentStack) problem.componentStack = componentStack;
  if (ownerStack && problem.kind === "hydration" && !problem.stack) problem.stack = ownerStack;
  changed();
}

/** Adds a problem of the page. */
export function add(problem: Problem): Entry {
  const key = keyOf(problem);
  if (dismissed.has(key)) return { problem, key, count: 1 };
  const same = own.find((e) => e.key === key);
  if (same) {
    same.count++;
    changed();
    return same;
  }
  const entry = { problem, key, count: 1 };
  own = [...own.slice(1 - most), entry];
  news++;
  changed();
  return entry;
}

/** Forgets the errors of the page: an update was applied, or another page is shown. */
export function mended(): void {
  dismissed.clear();
  known = new WeakMap();
  if (!own.length) return;
  own = [];
  changed();
}

/** Forgets all that may be forgotten, until it is mended: the server's list stays. */
export function dismiss(): void {
  for (const { key } of own) dismissed.add(key);
  own = [];
  carried = [];
  changed();
}

/** Whether the server compiles at this moment. */
export function setBusy(on: boolean): void {
  if (busy === on) return;
  busy = on;
  changed();
}

/** Takes what the server says about the app's configuration. */
export function configure(from: Settings): void {
  settings = { ...settings, ...from };
  watched?.forward();
  changed();
}

/**
 * Begins to listen: errors of the window, rejections, the console, and what the
 * document itself brought. `send` passes a line of the console on to the server;
 * it may be called before there is a connection.
 */
export function startProblems(send: (line: ConsoleLine) => void): void {
  // What a package throws deep inside shall still lead to who called it.
  (Error as { stackTraceLimit?: number }).stackTraceLimit = 50;
  addEventListener("error", (event) => {
    // Resources that fail to load have no message; their elements tell of it.
    if (!(event instanceof ErrorEvent)) return;
    if (foreign(event.filename)) return;
    if (event.error !== undefined && event.error !== null) return uncaught("runtime", event.error, send);
    // Scripts of other origins say nothing but this.
    if (!event.message || /^Script error\.?$/.test(event.message)) return;
    const stack = `${event.message}\n    at ${event.filename}:${event.lineno}:${event.colno}`;
    if (!ignorable(event.message)) add({ kind: "runtime", title: "Error", text: event.message, stack });
  });
  addEventListener("unhandledrejection", (event) => uncaught("rejection", event.reason, send));
  watched = watchConsole({
    forward: () => settings.forward,
    send,
    hydration(message, error) {
      reportError("hydration", error ?? new Error(message), { ownerStack: self.__onward?.ownerStack?.() });
    },
    owner: () => self.__onward?.ownerStack?.(),
  });
  carried = documentProblems(document).map((problem) => ({ problem, key: keyOf(problem), count: 1 }));
  news += carried.length;
  if (carried.length) changed();
}

/** The browser prints these to its console by itself; the server hears of them here. */
function uncaught(kind: Kind, error: unknown, send: (line: ConsoleLine) => void): void {
  reportError(kind, error);
  if (ignorable(error) || settings.forward === false) return;
  const stack = (error as Error | null)?.stack;
  const text = `Uncaught ${kind === "rejection" ? "(in promise) " : ""}${stack ?? shown(error)}`;
  send({ level: "error", text: text.slice(0, 8_000), stack: "" });
}

function foreign(file: string): boolean {
  return /^[a-z-]*-extension:/.test(file);
}

/** What the server wrote into a document: the error document, or a page with an error. */
export function documentProblems(page: Document): Problem[] {
  const own = parse(page.getElementById("__ONWARD_PROBLEMS")?.textContent);
  if (Array.isArray(own)) return own.slice(0, most) as Problem[];
  const data = parse(page.getElementById("__NEXT_DATA__")?.textContent) as
    | { err?: { name?: string; message?: string; stack?: string } }
    | undefined;
  const err = data?.err;
  if (!err || typeof err.message !== "string") return [];
  const problem = describeError("server", Object.assign(new Error(err.message), err));
  return [problem];
}

function parse(text: string | null | undefined): unknown {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
