/** console. Text goes to Go, which decides where it is written. */
import { formatWithOptions } from "./format";
import { inspect, type InspectOptions } from "./inspect";
import { displayWidth } from "./inspect-layout";
import { Out } from "./messages";
import { where } from "./where";

/** Receives one finished text, without a trailing newline. */
type Sink = (level: number, text: string) => void;

const enum Level { Debug, Info, Log, Warn, Error }

const post: Sink = (level, text) => __native.post(Out.Console, 0, text, undefined, level);

/** Longest text of one call; what is longer is cut, so that a log line cannot fill the memory. */
const mostText = 1 << 20;

export class Console {
  readonly #sink: Sink;
  readonly #counts = new Map<string, number>();
  readonly #timers = new Map<string, number>();
  #indent = "";

  constructor(sink: Sink) {
    this.#sink = sink;
    // Programs pull methods off: `const { log } = console`.
    for (const name of Object.getOwnPropertyNames(Console.prototype)) {
      if (name === "constructor") continue;
      const method = (this as unknown as Record<string, unknown>)[name] as (...args: unknown[]) => void;
      const bound = method.bind(this);
      Object.defineProperty(bound, "name", { value: name });
      Object.defineProperty(this, name, { value: bound, writable: true, enumerable: true, configurable: true });
    }
  }

  #write(level: Level, args: unknown[]): void {
    let text = args.length === 1 && typeof args[0] === "string" ? args[0] : formatWithOptions({}, ...args);
    if (text.length > mostText) text = `${text.slice(0, mostText)}... ${text.length - mostText} more characters`;
    if (this.#indent) text = this.#indent + text.replaceAll("\n", `\n${this.#indent}`);
    this.#sink(level, text);
  }

  log(...args: unknown[]): void { this.#write(Level.Log, args); }
  info(...args: unknown[]): void { this.#write(Level.Info, args); }
  debug(...args: unknown[]): void { this.#write(Level.Debug, args); }
  warn(...args: unknown[]): void { this.#write(Level.Warn, args); }
  error(...args: unknown[]): void { this.#write(Level.Error, args); }
  dirxml(...args: unknown[]): void { this.#write(Level.Log, args); }
  dir(value: unknown, options?: InspectOptions): void {
    this.#write(Level.Log, [inspect(value, { customInspect: false, ...options })]);
  }
  trace(...args: unknown[]): void {
    const holder = { name: "Trace", message: args.length ? formatWithOptions({}, ...args) : "", stack: "" };
    Error.captureStackTrace(holder, this.trace);
    this.#write(Level.Error, [holder.stack.replace(/^[^\n]*/, `Trace${holder.message ? `: ${holder.message}` : ""}`)]);
  }
  assert(condition?: unknown, ...args: unknown[]): void {
    if (condition) return;
    if (typeof args[0] === "string") args[0] = `Assertion failed: ${args[0]}`;
    else args.unshift("Assertion failed");
    this.#write(Level.Warn, args);
  }
  count(label: unknown = "default"): void {
    const key = String(label);
    const n = (this.#counts.get(key) ?? 0) + 1;
    if (this.#counts.size < 1000 || this.#counts.has(key)) this.#counts.set(key, n);
    this.#write(Level.Log, [`${key}: ${n}`]);
  }
  countReset(label: unknown = "default"): void {
    if (!this.#counts.delete(String(label))) this.#write(Level.Warn, [`Warning: Count for '${String(label)}' does not exist`]);
  }
  time(label: unknown = "default"): void {
    const key = String(label);
    if (this.#timers.has(key)) this.#write(Level.Warn, [`Warning: Label '${key}' already exists for console.time()`]);
    else if (this.#timers.size < 1000) this.#timers.set(key, __native.now());
  }
  timeEnd(label: unknown = "default"): void {
    if (this.#elapsed(label, "timeEnd", [])) this.#timers.delete(String(label));
  }
  timeLog(label: unknown = "default", ...args: unknown[]): void {
    this.#elapsed(label, "timeLog", args);
  }
  #elapsed(label: unknown, method: string, args: unknown[]): boolean {
    const key = String(label);
    const start = this.#timers.get(key);
    if (start === undefined) {
      this.#write(Level.Warn, [`Warning: No such label '${key}' for console.${method}()`]);
      return false;
    }
    this.#write(Level.Log, [`${key}: ${duration(__native.now() - start)}`, ...args]);
    return true;
  }
  group(...args: unknown[]): void {
    if (args.length) this.#write(Level.Log, args);
    if (this.#indent.length < 200) this.#indent += "  ";
  }
  groupCollapsed(...args: unknown[]): void { this.group(...args); }
  groupEnd(): void { this.#indent = this.#indent.slice(0, -2); }
  table(data: unknown, columns?: string[]): void {
    this.#write(Level.Log, [data !== null && typeof data === "object" ? table(data, columns) : data]);
  }
  clear(): void {}
  profile(): void {}
  profileEnd(): void {}
  timeStamp(): void {}
}

function duration(ms: number): string {
  if (ms >= 60_000) {
    const minutes = ms / 60_000;
    if (minutes >= 60) return `${Math.floor(minutes / 60)}:${String(Math.floor(minutes % 60)).padStart(2, "0")}:${String(Math.floor((ms / 1000) % 60)).padStart(2, "0")} (h:mm:ss)`;
    return `${Math.floor(minutes)}:${((ms / 1000) % 60).toFixed(3).padStart(6, "0")} (m:ss.mmm)`;
  }
  if (ms >= 1000) return `${(ms / 1000).toFixed(3)}s`;
  return `${Number(ms.toFixed(3))}ms`;
}

/** A box-drawn table of rows, as console.table prints it. */
function table(data: object, columns: string[] | undefined): string {
  const show = (value: unknown): string => inspect(value, { maxArrayLength: 3, breakLength: Infinity, depth: value !== null && typeof value === "object" && !Array.isArray(value) && Object.keys(value).length > 2 ? -1 : 0 });
  const keyed = data instanceof Map;
  const rows: [string, unknown][] = keyed
    ? [...data].map(([k, v], i) => [String(i), [k, v]] as [string, unknown])
    : data instanceof Set
      ? [...data].map((v, i) => [String(i), v] as [string, unknown])
      : Object.entries(data);
  const iterated = data instanceof Map || data instanceof Set;
  const head: string[] = [iterated ? "(iteration index)" : "(index)"];
  const lines: string[][] = rows.map(([key]) => [key]);
  if (keyed) {
    head.push("Key", "Values");
    rows.forEach(([, pair], i) => lines[i]!.push(show((pair as unknown[])[0]), show((pair as unknown[])[1])));
  } else {
    const names: string[] = columns ? [...columns] : [];
    if (!columns) for (const [, row] of rows) if (row !== null && typeof row === "object") for (const k of Object.keys(row)) if (!names.includes(k)) names.push(k);
    const hasValues = rows.some(([, row]) => row === null || typeof row !== "object");
    head.push(...names, ...(hasValues ? ["Values"] : []));
    rows.forEach(([, row], i) => {
      const object = row !== null && typeof row === "object" ? (row as Record<string, unknown>) : undefined;
      for (const n of names) lines[i]!.push(object && Object.hasOwn(object, n) ? show(object[n]) : "");
      if (hasValues) lines[i]!.push(object ? "" : show(row));
    });
  }
  const widths = head.map((h, i) => Math.max(displayWidth(h), ...lines.map((l) => displayWidth(l[i]!))) + 2);
  const center = (text: string, width: number): string => {
    const left = Math.floor((width - displayWidth(text)) / 2);
    return " ".repeat(left) + text + " ".repeat(width - displayWidth(text) - left);
  };
  const rule = (l: string, m: string, r: string): string => l + widths.map((w) => "─".repeat(w)).join(m) + r;
  const row = (cells: string[]): string => `│${cells.map((c, i) => center(c, widths[i]!)).join("│")}│`;
  return [rule("┌", "┬", "┐"), row(head), rule("├", "┼", "┤"), ...lines.map(row), rule("└", "┴", "┘")].join("\n");
}

export const console: Console & { Console?: unknown } = new Console((level, text) => post(level, text + where()));

/** Text for stdout (Log) or stderr (Error), as process.stdout.write gives it. */
export function writeText(isError: boolean, text: string): void {
  post(isError ? Level.Error : Level.Log, text);
}

/** `new console.Console(stdout, stderr)`: a console over Node streams. */
class StreamConsole extends Console {
  constructor(stdout: unknown, stderr?: unknown) {
    type Writer = { write(text: string): unknown };
    const options = stdout as { stdout?: Writer; stderr?: Writer; write?: unknown };
    const out = (typeof options.write === "function" ? options : options.stdout) as Writer;
    const err = ((typeof options.write === "function" ? stderr : options.stderr) ?? out) as Writer;
    super((level, text) => void (level >= Level.Warn ? err : out).write(`${text}\n`));
  }
}
Object.defineProperty(StreamConsole, "name", { value: "Console" });
console.Console = StreamConsole;
