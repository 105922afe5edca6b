/**
 * Asynchronous context: V8 carries one value across every await and promise
 * reaction. That value is a Frame: the Job that is running and the stores of all
 * AsyncLocalStorages. Frames never change, so entering a store makes a new one.
 */

const { getContinuation, setContinuation } = __native;

/** What V8 carries. The engine reads `jobId` to know whom to blame when it stops a script. */
export class Frame {
  constructor(
    readonly jobId: number,
    /** The Job's own object; undefined outside of Jobs. */
    readonly job: unknown,
    /** [storage, value, storage, value, ...] */
    readonly stores: readonly unknown[],
  ) {}
}

const outside = new Frame(0, undefined, []);

/** The frame that is running. */
export function currentFrame(): Frame {
  return (getContinuation() as Frame | undefined) ?? outside;
}

/** Calls fn inside frame and comes back to the present one, whatever happens. */
export function inFrame<A extends unknown[], R>(frame: Frame | undefined, fn: (...args: A) => R, self: unknown, args: A): R {
  const previous = getContinuation();
  setContinuation(frame);
  try {
    return Reflect.apply(fn, self, args) as R;
  } finally {
    setContinuation(previous);
  }
}

function withStore(frame: Frame, storage: unknown, value: unknown): Frame {
  const { stores } = frame;
  for (let i = 0; i < stores.length; i += 2) {
    if (stores[i] !== storage) continue;
    const next = stores.slice();
    next[i + 1] = value;
    return new Frame(frame.jobId, frame.job, next);
  }
  return new Frame(frame.jobId, frame.job, [...stores, storage, value]);
}

function withoutStore(frame: Frame, storage: unknown): Frame {
  const at = frame.stores.indexOf(storage);
  if (at < 0) return frame;
  return new Frame(frame.jobId, frame.job, frame.stores.toSpliced(at, 2));
}

/** Node's AsyncLocalStorage. */
export class AsyncLocalStorage<T> {
  #default: T | undefined;
  #disabled = false;
  readonly name: string;

  constructor(options: { defaultValue?: T; name?: string } = {}) {
    this.#default = options.defaultValue;
    this.name = options.name === undefined ? "" : String(options.name);
  }

  /** Returns fn bound to the present context. */
  static bind<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
    return AsyncResource.bind(fn);
  }

  /** Returns a function that calls another one in the context of now. */
  static snapshot(): <A extends unknown[], R>(fn: (...args: A) => R, ...args: A) => R {
    const frame = getContinuation() as Frame | undefined;
    return function (this: unknown, fn, ...args) {
      return inFrame(frame, fn, this, args);
    };
  }

  getStore(): T | undefined {
    const frame = getContinuation() as Frame | undefined;
    if (frame !== undefined && !this.#disabled) {
      const { stores } = frame;
      for (let i = 0; i < stores.length; i += 2) {
        if (stores[i] === this) return stores[i + 1] as T;
      }
    }
    return this.#disabled ? undefined : this.#default;
  }

  run<A extends unknown[], R>(store: T, fn: (...args: A) => R, ...args: A): R {
    this.#disabled = false;
    return inFrame(withStore(currentFrame(), this, store), fn, undefined, args);
  }

  exit<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): R {
    return inFrame(withStore(currentFrame(), this, undefined), fn, undefined, args);
  }

  enterWith(store: T): void {
    this.#disabled = false;
    setContinuation(withStore(currentFrame(), this, store));
  }

  disable(): void {
    this.#disabled = true;
    setContinuation(withoutStore(currentFrame(), this));
  }
}

let lastId = 1;

/** Node's AsyncResource: remembers the context in which it was made. */
export class AsyncResource {
  readonly #frame: Frame | undefined;
  readonly #id = ++lastId;
  readonly type: string;

  constructor(type: string, _options?: unknown) {
    if (typeof type !== "string") {
      throw Object.assign(new TypeError('The "type" argument must be of type string'), { code: "ERR_INVALID_ARG_TYPE" });
    }
    this.type = type;
    this.#frame = getContinuation() as Frame | undefined;
  }

  static bind<A extends unknown[], R>(fn: (...args: A) => R, type?: string, self?: unknown): (...args: A) => R {
    return new AsyncResource(type || fn.name || "bound-anonymous-fn").bind(fn, self);
  }

  runInAsyncScope<A extends unknown[], R>(fn: (...args: A) => R, self?: unknown, ...args: A): R {
    return inFrame(this.#frame, fn, self, args);
  }

  bind<A extends unknown[], R>(fn: (...args: A) => R, self?: unknown): (...args: A) => R {
    if (typeof fn !== "function") {
      throw Object.assign(new TypeError('The "fn" argument must be of type function'), { code: "ERR_INVALID_ARG_TYPE" });
    }
    const frame = this.#frame;
    const bound = function (this: unknown, ...args: A): R {
      return inFrame(frame, fn, self === undefined ? this : self, args);
    };
    Object.defineProperty(bound, "length", { value: fn.length, configurable: true });
    return bound;
  }

  emitDestroy(): this {
    return this;
  }
  asyncId(): number {
    return this.#id;
  }
  triggerAsyncId(): number {
    return 0;
  }
}

// React looks for the global; without it the server renderer emits no preload tags.
Object.defineProperty(globalThis, "AsyncLocalStorage", { value: AsyncLocalStorage, writable: true, configurable: true });
