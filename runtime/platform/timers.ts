/**
 * Timers and the tick queue. Go keeps a single timer per worker, set to the
 * earliest of ours; order is that of Node.js: by time, then by creation.
 */
import { type Frame, currentFrame, inFrame } from "./als";
import { uncaught } from "./failure";
import { Out } from "./messages";

type Callback = (...args: unknown[]) => void;

const { getContinuation, setContinuation, now, post, runMicrotasks } = __native;
const longest = 2 ** 31 - 1;

let sequence = 0;
/** The time that Go will wake us at; Infinity when none. */
let wakeAt = Infinity;

/** Timers whose number was asked for, so that clearTimeout(number) works. */
const numbered = new Map<number, Timeout>();

/** What setTimeout and setInterval return. */
export class Timeout {
  /** Place in the heap; -1 when not armed. */
  slot = -1;
  when = 0;
  order = 0;
  #id = 0;
  #referenced = true;
  readonly frame: Frame | undefined = getContinuation() as Frame | undefined;

  constructor(
    public callback: Callback | undefined,
    public args: unknown[],
    public delay: number,
    public repeats: boolean,
  ) {}

  ref(): this {
    this.#referenced = true;
    return this;
  }
  unref(): this {
    this.#referenced = false;
    return this;
  }
  hasRef(): boolean {
    return this.#referenced;
  }
  /** Starts the time anew. */
  refresh(): this {
    if (this.callback) arm(this);
    return this;
  }
  close(): this {
    clearTimeout(this);
    return this;
  }
  [Symbol.toPrimitive](): number {
    if (this.#id === 0) this.#id = ++sequence;
    if (this.callback) numbered.set(this.#id, this);
    return this.#id;
  }
  [Symbol.dispose](): void {
    clearTimeout(this);
  }
  /** Lets go of everything; the timer never fires again. */
  retire(): void {
    this.callback = undefined;
    this.args = [];
    if (this.#id !== 0) numbered.delete(this.#id);
  }
}

/** Binary heap by (when, order). */
const heap: Timeout[] = [];

function before(a: Timeout, b: Timeout): boolean {
  return a.when < b.when || (a.when === b.when && a.order < b.order);
}

function place(timer: Timeout, slot: number): void {
  heap[slot] = timer;
  timer.slot = slot;
}

function up(timer: Timeout, slot: number): void {
  while (slot > 0) {
    const parent = (slot - 1) >> 1;
    if (!before(timer, heap[parent]!)) break;
    place(heap[parent]!, slot);
    slot = parent;
  }
  place(timer, slot);
}

function down(timer: Timeout, slot: number): void {
  for (;;) {
    let child = 2 * slot + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
    if (!before(heap[child]!, timer)) break;
    place(heap[child]!, slot);
    slot = child;
  }
  place(timer, slot);
}

function remove(timer: Timeout): void {
  const { slot } = timer;
  if (slot < 0) return;
  timer.slot = -1;
  const last = heap.pop()!;
  if (last === timer) return;
  if (slot > 0 && before(last, heap[(slot - 1) >> 1]!)) up(last, slot);
  else down(last, slot);
}

function arm(timer: Timeout): void {
  remove(timer);
  timer.when = now() + timer.delay;
  timer.order = ++sequence;
  up(timer, heap.length);
  if (timer.when < wakeAt) ask(timer.when, timer.delay);
}

function ask(when: number, delay: number): void {
  wakeAt = when;
  post(Out.Wake, 0, undefined, undefined, delay);
}

function milliseconds(delay: unknown): number {
  const n = Number(delay);
  return n >= 1 && n <= longest ? Math.trunc(n) : 1;
}

function checkCallback(callback: unknown): asserts callback is Callback {
  if (typeof callback === "function") return;
  throw Object.assign(new TypeError('The "callback" argument must be of type function'), { code: "ERR_INVALID_ARG_TYPE" });
}

export function setTimeout(callback: Callback, delay?: number, ...args: unknown[]): Timeout {
  checkCallback(callback);
  const timer = new Timeout(callback, args, milliseconds(delay), false);
  arm(timer);
  return timer;
}

export function setInterval(callback: Callback, delay?: number, ...args: unknown[]): Timeout {
  checkCallback(callback);
  const timer = new Timeout(callback, args, milliseconds(delay), true);
  arm(timer);
  return timer;
}

export function clearTimeout(timer: unknown): void {
  if (typeof timer === "number" || typeof timer === "string") timer = numbered.get(Number(timer));
  if (!(timer instanceof Timeout)) return;
  remove(timer);
  timer.retire();
}

export const clearInterval = clearTimeout;

/** Runs what is due. After each callback ticks and promises go first, as in Node. */
export function runTimers(): void {
  wakeAt = Infinity;
  const until = now();
  const latest = sequence;
  while (heap.length > 0) {
    const timer = heap[0]!;
    // Timers made by these callbacks wait for the next round.
    if (timer.when > until || timer.order > latest) break;
    remove(timer);
    const { callback, args, repeats } = timer;
    if (!callback) continue;
    if (!repeats) timer.retire();
    guarded(callback, args, timer.frame, timer);
    if (repeats && timer.callback && timer.slot < 0) arm(timer);
    drainTicks();
  }
  const next = heap[0];
  if (next && next.when < wakeAt) ask(next.when, Math.max(0, next.when - now()));
}

function guarded(callback: Callback, args: unknown[], frame: Frame | undefined, self: unknown): void {
  try {
    inFrame(frame, callback, self, args);
  } catch (error) {
    uncaught(error, frame);
  }
}

/** What setImmediate returns. */
export class Immediate {
  readonly frame: Frame | undefined = getContinuation() as Frame | undefined;
  #referenced = true;
  constructor(
    public callback: Callback | undefined,
    public args: unknown[],
  ) {}
  ref(): this {
    this.#referenced = true;
    return this;
  }
  unref(): this {
    this.#referenced = false;
    return this;
  }
  hasRef(): boolean {
    return this.#referenced;
  }
  [Symbol.dispose](): void {
    clearImmediate(this);
  }
}

let immediates: Immediate[] = [];

export function setImmediate(callback: Callback, ...args: unknown[]): Immediate {
  checkCallback(callback);
  const immediate = new Immediate(callback, args);
  immediates.push(immediate);
  return immediate;
}

export function clearImmediate(immediate: unknown): void {
  if (immediate instanceof Immediate) immediate.callback = undefined;
}

const resolved = Promise.resolve();

export function queueMicrotask(callback: () => void): void {
  checkCallback(callback);
  const frame = getContinuation() as Frame | undefined;
  void resolved.then(() => {
    try {
      callback();
    } catch (error) {
      uncaught(error, frame);
    }
  });
}

interface Tick {
  callback: Callback;
  args: unknown[];
  frame: Frame | undefined;
}

let ticks: Tick[] = [];

/** process.nextTick: before promise reactions. */
export function nextTick(callback: Callback, ...args: unknown[]): void {
  checkCallback(callback);
  ticks.push({ callback, args, frame: getContinuation() as Frame | undefined });
}

/** Runs ticks, then promise reactions, until neither is left. */
export function drainTicks(): void {
  do {
    while (ticks.length > 0) {
      const list = ticks;
      ticks = [];
      for (const { callback, args, frame } of list) guarded(callback, args, frame, undefined);
    }
    runMicrotasks();
  } while (ticks.length > 0);
}

/** The end of a message: ticks, promises, then the immediates queued so far. */
export function drain(): void {
  drainTicks();
  if (immediates.length > 0) {
    const list = immediates;
    immediates = [];
    for (const immediate of list) {
      const { callback, args } = immediate;
      if (!callback) continue;
      immediate.callback = undefined;
      guarded(callback, args, immediate.frame, immediate);
      drainTicks();
    }
    // Those made meanwhile give other messages a chance first.
    if (immediates.length > 0 && wakeAt > 0) ask(0, 0);
  }
  setContinuation(undefined);
}

/** Whether the present call is inside a Job's context. */
export function insideJob(): boolean {
  return currentFrame().jobId !== 0;
}

Object.assign(globalThis, { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate, queueMicrotask });
