/** node:timers and node:timers/promises. */
import { invalidArgType } from "../errors";
import { codedError } from "../errors";
import { clearImmediate, clearInterval, clearTimeout, setImmediate, setInterval, setTimeout } from "../loop";
import type { AbortSignal } from "../web/abort";

interface Options {
  signal?: AbortSignal;
  ref?: boolean;
}

function aborted(signal: AbortSignal): Error {
  const error = codedError("ABORT_ERR", "The operation was aborted");
  error.name = "AbortError";
  Object.defineProperty(error, "cause", { value: signal.reason, configurable: true, writable: true });
  return error;
}

/** A promise that start settles; stop undoes it when the signal fires first. */
function wait<T>(options: Options | undefined, start: (done: () => void) => () => void, value: T): Promise<T> {
  if (options !== undefined && (options === null || typeof options !== "object")) return Promise.reject(invalidArgType("options", "Object", options));
  const signal = options?.signal;
  if (signal?.aborted) return Promise.reject(aborted(signal));
  return new Promise((resolve, reject) => {
    const stop = start(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve(value);
    });
    const onAbort = (): void => {
      stop();
      reject(aborted(signal!));
    };
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

const timeout = <T>(delay?: number, value?: T, options?: Options): Promise<T | undefined> =>
  wait(options, (done) => {
    const timer = setTimeout(done, delay);
    return () => clearTimeout(timer);
  }, value);

const immediate = <T>(value?: T, options?: Options): Promise<T | undefined> =>
  wait(options, (done) => {
    const handle = setImmediate(done);
    return () => clearImmediate(handle);
  }, value);

async function* interval<T>(delay?: number, value?: T, options?: Options): AsyncGenerator<T | undefined, void> {
  const signal = options?.signal;
  if (signal?.aborted) throw aborted(signal);
  let due = 0;
  let wake: (() => void) | undefined;
  const timer = setInterval(() => {
    due++;
    wake?.();
  }, delay);
  const onAbort = (): void => wake?.();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    for (;;) {
      if (signal?.aborted) throw aborted(signal);
      if (due === 0) await new Promise<void>((go) => (wake = go));
      for (; due > 0 && !signal?.aborted; due--) yield value;
    }
  } finally {
    clearInterval(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

export const timersPromises = {
  setTimeout: timeout,
  setImmediate: immediate,
  setInterval: interval,
  scheduler: { wait: (delay?: number, options?: Options): Promise<unknown> => timeout(delay, undefined, options), yield: (): Promise<unknown> => immediate() },
};

export const timersModule = { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate, promises: timersPromises };
// util.promisify(setTimeout) resolves with the value, not with the first argument.
for (const [fn, custom] of [[setTimeout, timeout], [setImmediate, immediate]] as const) {
  Object.defineProperty(fn, Symbol.for("nodejs.util.promisify.custom"), { value: custom, configurable: true });
}
