/** MessageChannel (React's scheduler posts through one), BroadcastChannel, structuredClone. */
import { DOMException } from "./dom-exception";
import { EventTarget, MessageEvent, defineHandler } from "./event-target";

export function structuredClone<T>(value: T, options?: { transfer?: unknown[] }): T {
  if (arguments.length === 0) throw new TypeError("The \"value\" argument must be specified");
  const transfer = options?.transfer ? [...options.transfer] : [];
  for (const item of transfer) {
    if (!(item instanceof ArrayBuffer) || item.detached) throw new DOMException("Value could not be transferred", "DataCloneError");
  }
  let copy: unknown;
  try {
    copy = __native.structuredClone(value);
  } catch (error) {
    if (error instanceof DOMException) throw error;
    throw new DOMException(error instanceof Error ? error.message : String(error), "DataCloneError");
  }
  for (const item of transfer) (item as ArrayBuffer).transfer();
  return copy as T;
}

export class MessagePort extends EventTarget {
  #other: MessagePort | undefined;
  #queue: unknown[] | undefined = [];
  #closed = false;

  static link(a: MessagePort, b: MessagePort): void {
    a.#other = b;
    b.#other = a;
  }

  postMessage(data: unknown, transfer?: unknown[] | { transfer?: unknown[] }): void {
    const other = this.#other;
    if (!other || other.#closed || this.#closed) return;
    const list = Array.isArray(transfer) ? transfer : transfer?.transfer;
    // Primitives need no copy; React posts null thousands of times.
    const copy = (typeof data === "object" && data !== null) || typeof data === "function" || list?.length ? structuredClone(data, { transfer: list }) : data;
    if (other.#queue) {
      if (other.#queue.length < 10_000) other.#queue.push(copy);
      return;
    }
    other.#deliver(copy);
  }
  #deliver(data: unknown): void {
    setImmediate(() => {
      if (!this.#closed) this.dispatchEvent(new MessageEvent("message", { data }));
    });
  }
  start(): void {
    const waiting = this.#queue;
    this.#queue = undefined;
    if (waiting) for (const data of waiting) this.#deliver(data);
  }
  close(): void {
    this.#closed = true;
    const other = this.#other;
    this.#other = undefined;
    if (other) other.#closed = true;
  }
  ref(): void {}
  unref(): void {}
  on(type: string, callback: (data: unknown) => void): this {
    this.addEventListener(type, (event) => callback((event as MessageEvent).data));
    if (type === "message") this.start();
    return this;
  }
}
Object.defineProperty(MessagePort.prototype, Symbol.toStringTag, { value: "MessagePort", configurable: true });
Object.defineProperty(MessagePort, "link", { enumerable: false });
defineHandler(MessagePort.prototype, "message");
defineHandler(MessagePort.prototype, "messageerror");
// Assigning onmessage starts the port.
{
  const plain = Object.getOwnPropertyDescriptor(MessagePort.prototype, "onmessage")!;
  Object.defineProperty(MessagePort.prototype, "onmessage", {
    ...plain,
    set(this: MessagePort, fn: unknown) {
      plain.set!.call(this, fn);
      if (typeof fn === "function") this.start();
    },
  });
}

export class MessageChannel {
  readonly port1 = new MessagePort();
  readonly port2 = new MessagePort();
  constructor() {
    MessagePort.link(this.port1, this.port2);
  }
}
Object.defineProperty(MessageChannel.prototype, Symbol.toStringTag, { value: "MessageChannel", configurable: true });

const channels = new Map<string, Set<BroadcastChannel>>();

/** Reaches the other channels of the same name in this worker. */
export class BroadcastChannel extends EventTarget {
  readonly #name: string;
  #closed = false;
  constructor(name: string) {
    super();
    this.#name = String(name);
    let set = channels.get(this.#name);
    if (!set) channels.set(this.#name, (set = new Set()));
    set.add(this);
  }
  get name(): string { return this.#name; }
  postMessage(data: unknown): void {
    if (this.#closed) throw new DOMException("BroadcastChannel is closed.", "InvalidStateError");
    for (const channel of channels.get(this.#name) ?? []) {
      if (channel === this) continue;
      const copy = structuredClone(data);
      setImmediate(() => {
        if (!channel.#closed) channel.dispatchEvent(new MessageEvent("message", { data: copy }));
      });
    }
  }
  close(): void {
    this.#closed = true;
    const set = channels.get(this.#name);
    set?.delete(this);
    if (set?.size === 0) channels.delete(this.#name);
  }
  ref(): this { return this; }
  unref(): this { return this; }
}
Object.defineProperty(BroadcastChannel.prototype, Symbol.toStringTag, { value: "BroadcastChannel", configurable: true });
defineHandler(BroadcastChannel.prototype, "message");
defineHandler(BroadcastChannel.prototype, "messageerror");
