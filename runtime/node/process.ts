/** What of `process` an app that shares its process with others must not have, and the errors nobody caught. */
import process from "node:process";
import { inspect } from "node:util";
import { continuation } from "./als";
import { hooks, logError, printable, uncaught } from "../platform/failure";

/** process.exit() ends no server: it fails the Job it happens in. */
class ExitError extends Error {
  readonly code = "ERR_ONWARD_EXIT";
  constructor(readonly exitCode: number) {
    super(`process.exit(${exitCode}) was called; Onward does not end the server for it, but stops this request`);
    this.name = "ExitError";
  }
}

/** Takes over what would end the process. */
export function guardProcess(): void {
  hooks.inspect = (value) => inspect(value);
  process.exit = (code) => {
    throw new ExitError(code ?? process.exitCode ?? 0);
  };
  process.abort = () => {
    throw new ExitError(134);
  };
  const own = (error: unknown): void => {
    // A listener of the app's own has taken it.
    if (process.listenerCount("uncaughtException") > 1) return;
    uncaught(error, continuation());
  };
  process.on("uncaughtException", own);
  hooks.exception = (error) => {
    const others = process.listeners("uncaughtException").filter((listener) => listener !== own);
    for (const listener of others) listener(error as never, "uncaughtException" as never);
    return others.length > 0;
  };
  // Node.js has left the context of a microtask when it reports what it threw.
  const target = globalThis as unknown as { queueMicrotask: (callback: () => void) => void };
  const queue = target.queueMicrotask;
  target.queueMicrotask = function queueMicrotask(callback) {
    if (typeof callback !== "function") return queue(callback);
    const frame = continuation();
    queue(() => {
      try {
        callback();
      } catch (error) {
        uncaught(error, frame);
      }
    });
  };
  process.on("unhandledRejection", (reason: never) => {
    if (process.listenerCount("unhandledRejection") > 1) return;
    logError(`Unhandled rejection: ${printable(reason)}`);
  });
  // Signals to the whole group are the parent's business: it lets requests finish
  // and then closes the socket.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => {});
}
