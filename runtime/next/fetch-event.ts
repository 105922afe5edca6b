/**
 * The second argument of middleware and edge functions, and the work that goes
 * on after the answer (`event.waitUntil`, `after`).
 */
import type { NextRequest } from "./next-request";

/** Where the work of one request that outlives its answer is put. */
export interface Background {
  add(work: Promise<unknown>): void;
  /** Calls fn when the answer has gone out. */
  onAnswer(fn: () => unknown): void;
}

let find: (() => Background | undefined) | undefined;

/** The server runtime tells how to find the background of the request that is running. */
export function provideBackground(finder: () => Background | undefined): void {
  find = finder;
}

function removed(page: string): never {
  throw new Error(
    `The function of "${page}" takes the request as its first argument and returns the answer: event.request and event.respondWith() are gone. Write (request, event) => response.`,
  );
}

export class NextFetchEvent {
  readonly sourcePage: string;
  readonly #background: Background;

  constructor(params: { request: NextRequest; page: string; background: Background }) {
    this.sourcePage = params.page;
    this.#background = params.background;
  }

  /** Keeps work going after the answer. A rejection is logged. */
  waitUntil(work: Promise<unknown>): void {
    this.#background.add(Promise.resolve(work));
  }
  /** Part of the Service Worker interface; errors are never passed through. */
  passThroughOnException(): void {}
  get request(): never {
    return removed(this.sourcePage);
  }
  respondWith(): never {
    return removed(this.sourcePage);
  }
}

/** Runs a task after the answer has gone out: a function, or a promise that is under way. */
export function after(task: Promise<unknown> | (() => unknown)): void {
  const background = find?.();
  if (!background) {
    throw new Error("`after` was called outside a request scope: it works in middleware and edge functions, not in pages and API routes of the Node.js runtime.");
  }
  if (typeof task === "function") background.onAnswer(task);
  else if (typeof (task as Promise<unknown> | null)?.then === "function") background.add(Promise.resolve(task));
  else throw new Error("`after` takes a promise or a function.");
}

/** Resolves at once: middleware and edge functions always run for a connection. */
export function connection(): Promise<void> {
  if (!find?.()) {
    throw new Error("`connection` was called outside a request scope: it works in middleware and edge functions.");
  }
  return Promise.resolve();
}
