/** Errors that nobody caught: whose they are, and how they are told. */
import { type Frame, inFrame } from "./als";
import { Out } from "./messages";

/** What a Job must offer to be blamed. */
interface Blamable {
  readonly done: boolean;
  fail(error: unknown): void;
}

/** The platform sets these when it has something better than the defaults. */
export const hooks: {
  /** process.on("uncaughtException"): true when a listener took it. */
  exception?: (error: unknown) => boolean;
  /** process.on("unhandledRejection"): true when a listener took it. */
  rejection?: (reason: unknown, promise: Promise<unknown>) => boolean;
  /** process.on("rejectionHandled"). */
  handled?: (promise: Promise<unknown>) => void;
  /** util.inspect for the log. */
  inspect?: (value: unknown) => string;
} = {};

const detailLimit = 64 << 10;

/** How far a chain of causes is told. */
const mostCauses = 4;

/** The JSON of Out.Fail. Never throws, whatever was thrown. */
export function describe(error: unknown): string {
  try {
    return JSON.stringify(fields(error, 0));
  } catch {
    return JSON.stringify({ name: "Error", message: "an error that cannot be read was thrown", stack: "" });
  }
}

function fields(error: unknown, depth: number): object {
  if (typeof error !== "object" || error === null) {
    return { name: "", message: String(error), stack: "", detail: { thrown: typeof error } };
  }
  const e = error as Partial<Error>;
  const told = { name: text(e.name), message: text(e.message), stack: text(e.stack), detail: detail(error) };
  if (e.cause === undefined || e.cause === null || depth === mostCauses) return told;
  return { ...told, cause: fields(e.cause, depth + 1) };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : value === undefined ? "" : String(value);
}

/** Own enumerable properties as far as JSON carries them. */
function detail(error: object): Record<string, unknown> | undefined {
  let out: Record<string, unknown> | undefined;
  let room = detailLimit;
  for (const key of Object.keys(error)) {
    if (key === "name" || key === "message" || key === "stack" || key === "cause") continue;
    try {
      const value = (error as Record<string, unknown>)[key];
      const json = JSON.stringify(value);
      if (json === undefined || (room -= json.length) < 0) continue;
      (out ??= {})[key] = JSON.parse(json) as unknown;
    } catch {
      // A getter that throws or a cycle: this property stays behind.
    }
  }
  return out;
}

/** A text for the log: with stack and cause. */
export function printable(error: unknown): string {
  try {
    if (hooks.inspect) return hooks.inspect(error);
    let out = error instanceof Error && error.stack ? error.stack : String(error);
    let cause = (error as { cause?: unknown } | null)?.cause;
    for (let depth = 0; cause !== undefined && depth < 4; depth++) {
      out += `\n[cause]: ${cause instanceof Error && cause.stack ? cause.stack : String(cause)}`;
      cause = (cause as { cause?: unknown } | null)?.cause;
    }
    return out;
  } catch {
    return "an error that cannot be printed";
  }
}

/** Writes a line at error level. */
export function logError(line: string): void {
  __native.post(Out.Console, 0, line, undefined, 4);
}

/** An exception that reached the loop: it fails the Job in whose context it happened. */
export function uncaught(error: unknown, frame: Frame | undefined): void {
  try {
    if (hooks.exception && inFrame(frame, hooks.exception, undefined, [error])) return;
  } catch (second) {
    error = second;
  }
  const job = frame?.job as Blamable | undefined;
  if (job && !job.done) return job.fail(error);
  logError(`Uncaught ${printable(error)}`);
}

/** A flat list [event, promise, reason, frame, ...]; see In.Rejections. */
export function rejections(list: unknown[]): void {
  const open = new Map<Promise<unknown>, [reason: unknown, frame: Frame | undefined]>();
  for (let i = 0; i < list.length; i += 4) {
    const promise = list[i + 1] as Promise<unknown>;
    if (list[i] === 0) {
      open.set(promise, [list[i + 2], list[i + 3] as Frame | undefined]);
    } else if (!open.delete(promise)) {
      hooks.handled?.(promise);
    }
  }
  for (const [promise, [reason, frame]] of open) {
    try {
      if (hooks.rejection && inFrame(frame, hooks.rejection, undefined, [reason, promise])) continue;
    } catch (error) {
      uncaught(error, frame);
      continue;
    }
    logError(`Unhandled rejection: ${printable(reason)}`);
  }
}
