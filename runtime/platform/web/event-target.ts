/** Event, EventTarget and the event classes that server code meets. */
import { DOMException } from "./dom-exception";
import { invalidArgType } from "../errors";

export interface EventInit {
  bubbles?: boolean;
  cancelable?: boolean;
  composed?: boolean;
}

const enum Flag {
  Dispatching = 1,
  StopPropagation = 2,
  StopImmediate = 4,
  Canceled = 8,
  Passive = 16,
}

export class Event {
  static readonly NONE = 0;
  static readonly CAPTURING_PHASE = 1;
  static readonly AT_TARGET = 2;
  static readonly BUBBLING_PHASE = 3;

  readonly #type: string;
  readonly #bubbles: boolean;
  readonly #cancelable: boolean;
  readonly #composed: boolean;
  readonly #timeStamp = __native.now();
  #flags = 0;
  #target: EventTarget | null = null;

  constructor(type: string, init?: EventInit | null) {
    if (arguments.length === 0) throw new TypeError('The "type" argument must be specified');
    this.#type = String(type);
    this.#bubbles = !!init?.bubbles;
    this.#cancelable = !!init?.cancelable;
    this.#composed = !!init?.composed;
  }

  get type(): string { return this.#type; }
  get bubbles(): boolean { return this.#bubbles; }
  get cancelable(): boolean { return this.#cancelable; }
  get composed(): boolean { return this.#composed; }
  get timeStamp(): number { return this.#timeStamp; }
  get isTrusted(): boolean { return false; }
  get target(): EventTarget | null { return this.#target; }
  get srcElement(): EventTarget | null { return this.#target; }
  get currentTarget(): EventTarget | null { return this.#flags & Flag.Dispatching ? this.#target : null; }
  get eventPhase(): number { return this.#flags & Flag.Dispatching ? Event.AT_TARGET : Event.NONE; }
  get defaultPrevented(): boolean { return this.#cancelable && (this.#flags & Flag.Canceled) !== 0; }
  get returnValue(): boolean { return !this.defaultPrevented; }
  get cancelBubble(): boolean { return (this.#flags & Flag.StopPropagation) !== 0; }
  set cancelBubble(stop: boolean) { if (stop) this.#flags |= Flag.StopPropagation; }

  preventDefault(): void {
    if (this.#cancelable && !(this.#flags & Flag.Passive)) this.#flags |= Flag.Canceled;
  }
  stopPropagation(): void { this.#flags |= Flag.StopPropagation; }
  stopImmediatePropagation(): void { this.#flags |= Flag.StopPropagation | Flag.StopImmediate; }
  composedPath(): EventTarget[] { return this.#flags & Flag.Dispatching && this.#target ? [this.#target] : []; }

  /** Runs the listeners of target; only EventTarget calls it. */
  static dispatch(event: Event, target: EventTarget, listeners: Listener[] | undefined, remove: (l: Listener) => void): boolean {
    if (event.#flags & Flag.Dispatching) throw new DOMException("The event is already being dispatched", "InvalidStateError");
    event.#target = target;
    event.#flags |= Flag.Dispatching;
    if (listeners) {
      for (const listener of listeners.slice()) {
        if (listener.removed) continue;
        if (listener.once) remove(listener);
        event.#flags = listener.passive ? event.#flags | Flag.Passive : event.#flags & ~Flag.Passive;
        try {
          const callback = listener.callback;
          if (typeof callback === "function") callback.call(target, event);
          else if (typeof callback.handleEvent === "function") callback.handleEvent(event);
        } catch (error) {
          // A listener that throws must not keep the others from running.
          queueMicrotask(() => { throw error; });
        }
        if (event.#flags & Flag.StopImmediate) break;
      }
    }
    event.#flags &= ~(Flag.Dispatching | Flag.StopPropagation | Flag.StopImmediate | Flag.Passive);
    return !event.defaultPrevented;
  }
}
Object.defineProperty(Event.prototype, Symbol.toStringTag, { value: "Event", configurable: true });

type Callback = ((this: EventTarget, event: Event) => unknown) | { handleEvent(event: Event): unknown };

interface Listener {
  callback: Callback;
  capture: boolean;
  once: boolean;
  passive: boolean;
  removed: boolean;
}

export interface ListenerOptions {
  capture?: boolean;
  once?: boolean;
  passive?: boolean;
  signal?: { aborted: boolean; addEventListener(type: string, callback: () => void, options?: ListenerOptions): void };
}

export class EventTarget {
  // Made on first use: most signals and targets never get a listener.
  #listeners: Map<string, Listener[]> | undefined;

  addEventListener(type: string, callback: Callback | null, options?: boolean | ListenerOptions): void {
    if (arguments.length < 2) throw codedMissing();
    const opt = typeof options === "object" && options !== null ? options : undefined;
    if (callback == null) return;
    if (typeof callback !== "function" && typeof callback !== "object") throw invalidArgType("listener", "EventListener", callback);
    if (opt?.signal?.aborted) return;
    type = String(type);
    const capture = opt ? !!opt.capture : !!options;
    this.#listeners ??= new Map();
    let list = this.#listeners.get(type);
    if (!list) this.#listeners.set(type, (list = []));
    if (list.some((l) => l.callback === callback && l.capture === capture)) return;
    list.push({ callback, capture, once: !!opt?.once, passive: !!opt?.passive, removed: false });
    opt?.signal?.addEventListener("abort", () => this.removeEventListener(type, callback, capture), { once: true });
  }

  removeEventListener(type: string, callback: Callback | null, options?: boolean | ListenerOptions): void {
    const capture = typeof options === "object" && options !== null ? !!options.capture : !!options;
    const found = this.#listeners?.get(String(type))?.find((l) => l.callback === callback && l.capture === capture);
    if (found) this.#remove(String(type), found);
  }

  dispatchEvent(event: Event): boolean {
    if (!(event instanceof Event)) throw invalidArgType("event", "Event", event);
    const type = event.type;
    return Event.dispatch(event, this, this.#listeners?.get(type), (l) => this.#remove(type, l));
  }

  #remove(type: string, listener: Listener): void {
    listener.removed = true;
    const list = this.#listeners?.get(type);
    if (!list) return;
    const at = list.indexOf(listener);
    if (at >= 0) list.splice(at, 1);
    if (list.length === 0) this.#listeners!.delete(type);
  }

  /** How many listeners of a type there are; for events.listenerCount. */
  static count(target: EventTarget, type: string): number {
    return target.#listeners?.get(type)?.length ?? 0;
  }

  /** The callbacks of a type; for events.getEventListeners. */
  static callbacks(target: EventTarget, type: string): Callback[] {
    return (target.#listeners?.get(type) ?? []).map((l) => l.callback);
  }
}
Object.defineProperty(EventTarget.prototype, Symbol.toStringTag, { value: "EventTarget", configurable: true });

function codedMissing(): TypeError {
  return new TypeError('The "type" and "listener" arguments must be specified');
}

/** Defines `on<type>` on a class: assigning a function replaces the one set before. */
export function defineHandler(prototype: EventTarget, type: string): void {
  const handlers = new WeakMap<EventTarget, { fn: unknown; wrapped: (event: Event) => unknown }>();
  Object.defineProperty(prototype, `on${type}`, {
    configurable: true,
    enumerable: true,
    get(this: EventTarget) {
      return handlers.get(this)?.fn ?? null;
    },
    set(this: EventTarget, fn: unknown) {
      const before = handlers.get(this);
      if (typeof fn !== "function") {
        if (before) this.removeEventListener(type, before.wrapped);
        handlers.delete(this);
        return;
      }
      if (before) {
        before.fn = fn;
        return;
      }
      const entry = { fn: fn as unknown, wrapped: (event: Event): unknown => (entry.fn as (e: Event) => unknown).call(this, event) };
      handlers.set(this, entry);
      this.addEventListener(type, entry.wrapped);
    },
  });
}

export class CustomEvent<T = unknown> extends Event {
  readonly #detail: T | null;
  constructor(type: string, init?: (EventInit & { detail?: T }) | null) {
    super(type, init);
    this.#detail = init?.detail ?? null;
  }
  get detail(): T | null { return this.#detail; }
}
Object.defineProperty(CustomEvent.prototype, Symbol.toStringTag, { value: "CustomEvent", configurable: true });

export class MessageEvent extends Event {
  readonly data: unknown;
  readonly origin: string;
  readonly lastEventId: string;
  readonly source: unknown;
  readonly ports: readonly unknown[];
  constructor(type: string, init?: EventInit & { data?: unknown; origin?: string; lastEventId?: string; source?: unknown; ports?: unknown[] }) {
    super(type, init);
    this.data = init?.data ?? null;
    this.origin = init?.origin ?? "";
    this.lastEventId = init?.lastEventId ?? "";
    this.source = init?.source ?? null;
    this.ports = Object.freeze([...(init?.ports ?? [])]);
  }
}
Object.defineProperty(MessageEvent.prototype, Symbol.toStringTag, { value: "MessageEvent", configurable: true });

export class ErrorEvent extends Event {
  readonly message: string;
  readonly error: unknown;
  readonly filename: string;
  readonly lineno: number;
  readonly colno: number;
  constructor(type: string, init?: EventInit & { message?: string; error?: unknown; filename?: string; lineno?: number; colno?: number }) {
    super(type, init);
    this.message = init?.message ?? "";
    this.error = init?.error;
    this.filename = init?.filename ?? "";
    this.lineno = init?.lineno ?? 0;
    this.colno = init?.colno ?? 0;
  }
}
Object.defineProperty(ErrorEvent.prototype, Symbol.toStringTag, { value: "ErrorEvent", configurable: true });
