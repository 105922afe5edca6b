/**
 * Work that goes on after an answer (`event.waitUntil`, `after`). Go is told while
 * there is some, so that a server that closes can wait for it, for a while.
 */
import { hostAsync, type Job } from "../platform/index";
import type { Background } from "../next/fetch-event";

/** What one request leaves behind. Made for each request, so it does nothing until it is used. */
export class Leftover implements Background {
  #pending = 0;
  #answered = false;
  #tasks: (() => unknown)[] | undefined;
  #release: (() => void) | undefined;

  constructor(readonly what: string) {}

  add(work: Promise<unknown>): void {
    this.#pending++;
    this.#release ??= hold();
    const done = (): void => {
      if (--this.#pending === 0) {
        this.#release?.();
        this.#release = undefined;
      }
    };
    work.then(done, (error: unknown) => {
      console.error(`Uncaught: ${this.what} waitUntil errored`, error);
      done();
    });
  }

  onAnswer(fn: () => unknown): void {
    if (this.#answered) this.#run(fn);
    else (this.#tasks ??= []).push(fn);
  }

  /** The answer has gone out. */
  answered(): void {
    this.#answered = true;
    const tasks = this.#tasks;
    if (!tasks) return;
    this.#tasks = undefined;
    const release = hold();
    // The answer leaves when this turn of the event loop ends.
    setTimeout(() => {
      for (const fn of tasks) this.#run(fn);
      release();
    }, 0);
  }

  #run(fn: () => unknown): void {
    this.add(Promise.resolve().then(fn));
  }
}

/** Tells Go that work is under way, until the returned function is called. */
function hold(): () => void {
  const stop = new AbortController();
  // It is cancelled, or given up when the server has waited long enough.
  hostAsync("onward.background", "", undefined, { signal: stop.signal }).catch(() => {});
  return () => stop.abort();
}

/** The background of the Job that is running, if it may have one. */
export function backgroundOf(job: Job | undefined): Background | undefined {
  return job?.scope instanceof Leftover ? job.scope : undefined;
}
