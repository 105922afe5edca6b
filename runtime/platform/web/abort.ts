/** AbortController and AbortSignal. */
import { DOMException } from "./dom-exception";
import { Event, EventTarget, defineHandler } from "./event-target";
import { invalidArgType, outOfRange } from "../errors";

const token = Symbol("AbortSignal");

/** Fires "abort" once. Only AbortController and the static members make one. */
export class AbortSignal extends EventTarget {
  #aborted = false;
  #reason: unknown = undefined;
  #dependents: Set<AbortSignal> | undefined;
  #sources: AbortSignal[] | undefined;

  constructor(key: symbol) {
    super();
    if (key !== token) throw new TypeError("Illegal constructor");
  }

  get aborted(): boolean { return this.#aborted; }
  get reason(): unknown { return this.#reason; }

  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }

  static abort(reason: unknown = new DOMException("This operation was aborted", "AbortError")): AbortSignal {
    const signal = new AbortSignal(token);
    signal.#aborted = true;
    signal.#reason = reason;
    return signal;
  }

  /** A signal that fires after ms with a TimeoutError. */
  static timeout(ms: number): AbortSignal {
    if (typeof ms !== "number") throw invalidArgType("delay", "number", ms);
    if (!(ms >= 0 && ms <= 0xffffffff)) throw outOfRange("delay", ">= 0 && <= 4294967295", ms);
    const signal = new AbortSignal(token);
    const timer: unknown = setTimeout(
      () => AbortSignal.trigger(signal, new DOMException("The operation was aborted due to timeout", "TimeoutError")),
      Math.min(ms, 0x7fffffff),
    );
    (timer as { unref?(): void }).unref?.();
    return signal;
  }

  /** A signal that fires as soon as one of the given ones does. */
  static any(signals: Iterable<AbortSignal>): AbortSignal {
    const list = [...signals];
    for (const s of list) if (!(s instanceof AbortSignal)) throw invalidArgType("signals", "AbortSignal", s);
    const fired = list.find((s) => s.#aborted);
    if (fired) return AbortSignal.abort(fired.#reason);
    const result = new AbortSignal(token);
    result.#sources = list;
    for (const s of list) (s.#dependents ??= new Set()).add(result);
    return result;
  }

  /** Aborts signal; only the controller and the platform call it. */
  static trigger(signal: AbortSignal, reason: unknown): void {
    if (signal.#aborted) return;
    const reached: AbortSignal[] = [];
    mark(signal, reason, reached);
    for (const s of reached) s.dispatchEvent(new Event("abort"));

    function mark(s: AbortSignal, why: unknown, into: AbortSignal[]): void {
      if (s.#aborted) return;
      s.#aborted = true;
      s.#reason = why;
      into.push(s);
      for (const source of s.#sources ?? []) source.#dependents?.delete(s);
      s.#sources = undefined;
      const dependents = s.#dependents;
      s.#dependents = undefined;
      if (dependents) for (const d of dependents) mark(d, why, into);
    }
  }

  static create(): AbortSignal {
    return new AbortSignal(token);
  }
}
Object.defineProperty(AbortSignal.prototype, Symbol.toStringTag, { value: "AbortSignal", configurable: true });
defineHandler(AbortSignal.prototype, "abort");
// Seams of the platform, not of the web: keep them out of sight.
for (const name of ["trigger", "create"]) Object.defineProperty(AbortSignal, name, { enumerable: false });

export class AbortController {
  #signal: AbortSignal | undefined;
  get signal(): AbortSignal {
    return (this.#signal ??= AbortSignal.create());
  }
  abort(reason: unknown = new DOMException("This operation was aborted", "AbortError")): void {
    AbortSignal.trigger(this.signal, reason);
  }
}
Object.defineProperty(AbortController.prototype, Symbol.toStringTag, { value: "AbortController", configurable: true });
