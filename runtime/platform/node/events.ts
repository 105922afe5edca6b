/** node:events. */
import { codedError, invalidArgType, outOfRange, requireFunction } from "../errors";
import { AsyncResource } from "../als";
import { EventTarget, type Event } from "../web/event-target";
import type { AbortSignal } from "../web/abort";
import { inspect } from "../inspect";

type EventName = string | symbol;
type Handler = ((...args: unknown[]) => unknown) & { listener?: Handler };
type Store = Record<EventName, Handler | Handler[]>;

const captureSymbol = Symbol("kCapture");
const rejection: unique symbol = Symbol.for("nodejs.rejection") as never;
const errorMonitor: unique symbol = Symbol("events.errorMonitor") as never;
let defaultMaxListeners = 10;

/** Node's EventEmitter is callable without `new`, so it is a function and not a class. */
export interface EventEmitter {
  _events: Store | undefined;
  _eventsCount: number;
  _maxListeners: number | undefined;
  [captureSymbol]: boolean;
  addListener(name: EventName, fn: Handler): this;
  on(name: EventName, fn: Handler): this;
  prependListener(name: EventName, fn: Handler): this;
  once(name: EventName, fn: Handler): this;
  prependOnceListener(name: EventName, fn: Handler): this;
  removeListener(name: EventName, fn: Handler): this;
  off(name: EventName, fn: Handler): this;
  removeAllListeners(name?: EventName): this;
  emit(name: EventName, ...args: unknown[]): boolean;
  listeners(name: EventName): Handler[];
  rawListeners(name: EventName): Handler[];
  listenerCount(name: EventName, fn?: Handler): number;
  eventNames(): EventName[];
  setMaxListeners(n: number): this;
  getMaxListeners(): number;
}

interface EmitterClass {
  new (options?: { captureRejections?: boolean }): EventEmitter;
  (this: unknown, options?: { captureRejections?: boolean }): void;
  prototype: EventEmitter;
  init(this: EventEmitter, options?: { captureRejections?: boolean }): void;
}

export const EventEmitter = function (this: EventEmitter, options?: { captureRejections?: boolean }): void {
  EventEmitter.init.call(this, options);
} as unknown as EmitterClass;

let captureByDefault = false;

EventEmitter.init = function (options) {
  if (this._events === undefined || this._events === (Object.getPrototypeOf(this) as EventEmitter)._events) {
    this._events = Object.create(null) as Store;
    this._eventsCount = 0;
  }
  this._maxListeners ||= undefined;
  if (options?.captureRejections !== undefined) {
    if (typeof options.captureRejections !== "boolean") throw invalidArgType("options.captureRejections", "boolean", options.captureRejections);
    this[captureSymbol] = options.captureRejections;
  } else this[captureSymbol] = captureByDefault;
};

const proto = EventEmitter.prototype;
proto._events = undefined;
proto._eventsCount = 0;
proto._maxListeners = undefined;

function storeOf(emitter: EventEmitter): Store {
  let store = emitter._events;
  if (store === undefined) {
    store = emitter._events = Object.create(null) as Store;
    emitter._eventsCount = 0;
  }
  return store;
}

function add(emitter: EventEmitter, name: EventName, fn: Handler, front: boolean): EventEmitter {
  requireFunction(fn, "listener");
  const store = storeOf(emitter);
  if (store["newListener"] !== undefined) emitter.emit("newListener", name, fn.listener ?? fn);
  const current = storeOf(emitter);
  const before = current[name];
  if (before === undefined) {
    current[name] = fn;
    emitter._eventsCount++;
    return emitter;
  }
  let list: Handler[];
  if (typeof before === "function") list = current[name] = front ? [fn, before] : [before, fn];
  else {
    list = before;
    if (front) list.unshift(fn);
    else list.push(fn);
  }
  const most = emitter.getMaxListeners();
  const marked = list as Handler[] & { warned?: boolean };
  if (most > 0 && list.length > most && !marked.warned) {
    marked.warned = true;
    const warning = new Error(
      `Possible EventEmitter memory leak detected. ${list.length} ${String(name)} listeners added to ${inspect(emitter, { depth: -1 })}. MaxListeners is ${most}. Use emitter.setMaxListeners() to increase limit`,
    );
    warning.name = "MaxListenersExceededWarning";
    Object.assign(warning, { emitter, type: name, count: list.length });
    process.emitWarning(warning);
  }
  return emitter;
}

function onceWrapper(emitter: EventEmitter, name: EventName, fn: Handler): Handler {
  let fired = false;
  const wrapped: Handler = function (this: unknown, ...args) {
    if (fired) return undefined;
    fired = true;
    emitter.removeListener(name, wrapped);
    return Reflect.apply(fn, emitter, args) as unknown;
  };
  wrapped.listener = fn;
  return wrapped;
}

proto.on = proto.addListener = function addListener(name, fn) {
  return add(this, name, fn, false) as never;
};
proto.prependListener = function prependListener(name, fn) {
  return add(this, name, fn, true) as never;
};
proto.once = function once(name, fn) {
  requireFunction(fn, "listener");
  return this.on(name, onceWrapper(this, name, fn));
};
proto.prependOnceListener = function prependOnceListener(name, fn) {
  requireFunction(fn, "listener");
  return this.prependListener(name, onceWrapper(this, name, fn));
};

proto.off = proto.removeListener = function removeListener(name, fn) {
  requireFunction(fn, "listener");
  const store = this._events;
  const list = store?.[name];
  if (!store || list === undefined) return this;
  let removed: Handler | undefined;
  if (typeof list === "function") {
    if (list !== fn && list.listener !== fn) return this;
    removed = list;
    dropName(this, store, name);
  } else {
    const at = list.findLastIndex((l) => l === fn || l.listener === fn);
    if (at < 0) return this;
    removed = list[at]!;
    // emit() walks the array it found: put a new one in its place.
    const rest = list.toSpliced(at, 1);
    store[name] = rest.length === 1 ? rest[0]! : rest;
  }
  if (store["removeListener"] !== undefined) this.emit("removeListener", name, removed.listener ?? fn);
  return this;
};

function dropName(emitter: EventEmitter, store: Store, name: EventName): void {
  if (--emitter._eventsCount === 0) emitter._events = Object.create(null) as Store;
  else delete store[name];
  // removeListener listeners are looked up on the store that was there.
  if (emitter._events !== store && store["removeListener"] !== undefined && name !== "removeListener") emitter._events = store;
}

proto.removeAllListeners = function removeAllListeners(name) {
  const store = this._events;
  if (!store) return this;
  if (store["removeListener"] === undefined) {
    if (name === undefined) {
      this._events = Object.create(null) as Store;
      this._eventsCount = 0;
    } else if (store[name] !== undefined) {
      if (--this._eventsCount === 0) this._events = Object.create(null) as Store;
      else delete store[name];
    }
    return this;
  }
  if (name === undefined) {
    for (const key of Reflect.ownKeys(store)) if (key !== "removeListener") this.removeAllListeners(key);
    this.removeAllListeners("removeListener");
    this._events = Object.create(null) as Store;
    this._eventsCount = 0;
    return this;
  }
  const list = store[name];
  if (typeof list === "function") this.removeListener(name, list);
  else if (list) for (const fn of list.toReversed()) this.removeListener(name, fn);
  return this;
};

proto.emit = function emit(name, ...args) {
  const store = this._events;
  if (name === "error") {
    if (store?.[errorMonitor] !== undefined) this.emit(errorMonitor, ...args);
    if (store?.["error"] === undefined) throw unhandled(args[0]);
  }
  const list = store?.[name];
  if (list === undefined) return false;
  if (typeof list === "function") {
    const result: unknown = Reflect.apply(list, this, args);
    if (result !== undefined && result !== null && this[captureSymbol]) capture(this, result, name, args);
    return true;
  }
  for (const fn of list.slice()) {
    const result: unknown = Reflect.apply(fn, this, args);
    if (result !== undefined && result !== null && this[captureSymbol]) capture(this, result, name, args);
  }
  return true;
};

function unhandled(error: unknown): unknown {
  if (error instanceof Error) return error;
  const made = codedError("ERR_UNHANDLED_ERROR", `Unhandled error. (${typeof error === "string" ? `'${error}'` : inspect(error)})`);
  (made as Error & { context?: unknown }).context = error;
  return made;
}

function capture(emitter: EventEmitter, result: unknown, name: EventName, args: unknown[]): void {
  const then = (result as { then?: unknown }).then;
  if (typeof then !== "function") return;
  Reflect.apply(then, result, [
    undefined,
    (error: unknown) =>
      process.nextTick(() => {
        const handler = (emitter as unknown as Record<symbol, unknown>)[rejection];
        if (typeof handler === "function") {
          handler.call(emitter, error, name, ...args);
          return;
        }
        // An error handler that rejects must not call itself for ever.
        const before = emitter[captureSymbol];
        try {
          emitter[captureSymbol] = false;
          emitter.emit("error", error);
        } finally {
          emitter[captureSymbol] = before;
        }
      }),
  ]);
}

function listOf(emitter: EventEmitter, name: EventName): Handler[] {
  const list = emitter._events?.[name];
  return list === undefined ? [] : typeof list === "function" ? [list] : list;
}
proto.listeners = function listeners(name) {
  return listOf(this, name).map((l) => l.listener ?? l);
};
proto.rawListeners = function rawListeners(name) {
  return listOf(this, name).slice();
};
proto.listenerCount = function listenerCount(name, fn) {
  const list = listOf(this, name);
  return fn ? list.filter((l) => l === fn || l.listener === fn).length : list.length;
};
proto.eventNames = function eventNames() {
  return this._events && this._eventsCount > 0 ? Reflect.ownKeys(this._events) : [];
};
proto.setMaxListeners = function setMaxListeners(n) {
  if (typeof n !== "number" || n < 0 || Number.isNaN(n)) throw outOfRange("n", "a non-negative number", n);
  this._maxListeners = n;
  return this;
};
proto.getMaxListeners = function getMaxListeners() {
  return this._maxListeners ?? defaultMaxListeners;
};
Object.defineProperty(proto, "constructor", { value: EventEmitter, writable: true, configurable: true, enumerable: false });

interface WaitOptions {
  signal?: AbortSignal;
  close?: string[];
}

function aborted(signal: AbortSignal): Error {
  const error = codedError("ABORT_ERR", "The operation was aborted");
  error.name = "AbortError";
  Object.defineProperty(error, "cause", { value: signal.reason, configurable: true, writable: true });
  return error;
}

function once(emitter: EventEmitter | EventTarget, name: EventName, options: WaitOptions = {}): Promise<unknown[]> {
  const signal = options.signal;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(aborted(signal));
      return;
    }
    const isTarget = !(typeof (emitter as EventEmitter).on === "function");
    const settle = (): void => {
      signal?.removeEventListener("abort", onAbort);
      if (isTarget) (emitter as EventTarget).removeEventListener(String(name), onEvent as never);
      else {
        (emitter as EventEmitter).removeListener(name, onEvent);
        (emitter as EventEmitter).removeListener("error", onError);
      }
    };
    const onEvent = (...args: unknown[]): void => {
      settle();
      resolve(args);
    };
    const onError = (error: unknown): void => {
      settle();
      reject(error);
    };
    const onAbort = (): void => {
      settle();
      reject(aborted(signal!));
    };
    if (isTarget) (emitter as EventTarget).addEventListener(String(name), onEvent as never, { once: true });
    else {
      (emitter as EventEmitter).once(name, onEvent);
      if (name !== "error") (emitter as EventEmitter).once("error", onError);
    }
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

function on(emitter: EventEmitter, name: EventName, options: WaitOptions = {}): AsyncIterableIterator<unknown[]> {
  const signal = options.signal;
  if (signal?.aborted) throw aborted(signal);
  const ready: unknown[][] = [];
  const waiting: { resolve(r: IteratorResult<unknown[]>): void; reject(e: unknown): void }[] = [];
  let failure: { error: unknown } | undefined;
  let ended = false;
  const onEvent = (...args: unknown[]): void => {
    const next = waiting.shift();
    if (next) next.resolve({ value: args, done: false });
    else ready.push(args);
  };
  const onError = (error: unknown): void => {
    const next = waiting.shift();
    if (next) next.reject(error);
    else failure = { error };
    finish();
  };
  const onAbort = (): void => onError(aborted(signal!));
  const finish = (): void => {
    if (ended) return;
    ended = true;
    emitter.removeListener(name, onEvent);
    emitter.removeListener("error", onError);
    for (const c of options.close ?? []) emitter.removeListener(c, finish);
    signal?.removeEventListener("abort", onAbort);
    for (const w of waiting.splice(0)) w.resolve({ value: undefined, done: true });
  };
  emitter.on(name, onEvent);
  if (name !== "error") emitter.on("error", onError);
  for (const c of options.close ?? []) emitter.on(c, finish);
  signal?.addEventListener("abort", onAbort, { once: true });
  return {
    next() {
      const value = ready.shift();
      if (value) return Promise.resolve({ value, done: false });
      if (failure) {
        const { error } = failure;
        failure = undefined;
        return Promise.reject(error);
      }
      if (ended) return Promise.resolve({ value: undefined, done: true });
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    return() {
      finish();
      return Promise.resolve({ value: undefined, done: true });
    },
    throw(error: unknown) {
      onError(error);
      return Promise.resolve({ value: undefined, done: true });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

class EventEmitterAsyncResource extends EventEmitter {
  readonly asyncResource: AsyncResource;
  constructor(options?: string | { name?: string; captureRejections?: boolean }) {
    super(typeof options === "object" ? options : undefined);
    const name = typeof options === "string" ? options : (options?.name ?? new.target.name);
    this.asyncResource = new AsyncResource(name);
  }
  override emit(name: EventName, ...args: unknown[]): boolean {
    return this.asyncResource.runInAsyncScope(() => super.emit(name, ...args));
  }
}

/** What `require("events")` answers: the class, with everything else on it. */
export const eventsModule = EventEmitter as EmitterClass & Record<string | symbol, unknown>;
Object.assign(eventsModule, {
  EventEmitter, once, on, errorMonitor, captureRejectionSymbol: rejection, EventEmitterAsyncResource,
  usingDomains: false,
  listenerCount: (emitter: EventEmitter, name: EventName) => emitter.listenerCount(name),
  getEventListeners: (emitter: EventEmitter | EventTarget, name: EventName) =>
    emitter instanceof EventTarget ? EventTarget.callbacks(emitter, String(name)) : emitter.listeners(name),
  getMaxListeners: (emitter: EventEmitter) => (typeof emitter.getMaxListeners === "function" ? emitter.getMaxListeners() : defaultMaxListeners),
  setMaxListeners(n = defaultMaxListeners, ...targets: EventEmitter[]) {
    if (targets.length === 0) defaultMaxListeners = n;
    for (const t of targets) t.setMaxListeners?.(n);
  },
  addAbortListener(signal: AbortSignal, listener: (event: Event) => void) {
    if (signal.aborted) queueMicrotask(() => listener(undefined as never));
    else signal.addEventListener("abort", listener as never, { once: true });
    return { [(Symbol as { dispose?: symbol }).dispose ?? Symbol.for("nodejs.dispose")]: () => signal.removeEventListener("abort", listener as never) };
  },
});
Object.defineProperties(eventsModule, {
  defaultMaxListeners: {
    enumerable: true,
    get: () => defaultMaxListeners,
    set(n: number) {
      if (typeof n !== "number" || n < 0 || Number.isNaN(n)) throw outOfRange("defaultMaxListeners", "a non-negative number", n);
      defaultMaxListeners = n;
    },
  },
  captureRejections: {
    enumerable: true,
    get: () => captureByDefault,
    set: (value: boolean) => void (captureByDefault = value),
  },
});
