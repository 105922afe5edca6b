/** Calls of Go: the operations of internal/engine/host, by name. */
import { type Frame, inFrame } from "./als";
import { uncaught } from "./failure";
import { Out } from "./messages";

/** What an operation answered. */
export interface HostAnswer {
  text?: string;
  body?: Uint8Array;
}

export interface HostOptions {
  /** Bytes that go along with the arguments. */
  body?: Uint8Array;
  /**
   * Receives what the operation streams. While a promise it returned is
   * pending, Go stops sending after 256 KB.
   */
  onData?: (text: string | undefined, chunk: Uint8Array | undefined) => void | Promise<void>;
  /** Cancels the operation when it aborts. */
  signal?: { aborted: boolean; addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void };
}

/** An operation that is streamed into, or whose data is wanted as it comes. */
export interface HostStream {
  /** Sends a chunk. A promise means: wait for it, Go has enough. */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** No more chunks come. */
  end(): void;
  cancel(): void;
  /** The final answer. */
  readonly done: Promise<HostAnswer>;
}

const window = 256 << 10;
const { call, getContinuation, post } = __native;

let lastId = 0;
const operations = new Map<number, Operation>();

/** Synchronous operation: a Uint8Array when it answers with bytes, else a string. */
export function hostCall(op: string, text: string, body?: Uint8Array): string | Uint8Array {
  return call(op, text, body);
}

/** Asynchronous operation. */
export function hostAsync(op: string, text: string, body?: Uint8Array, options?: HostOptions): Promise<HostAnswer> {
  return new Operation(op, text, body ?? options?.body, false, options).done;
}

/** Asynchronous operation with a stream in. */
export function hostStream(op: string, text: string, options?: HostOptions): HostStream {
  const operation = new Operation(op, text, options?.body, true, options);
  // Its user may only be interested in the data.
  operation.done.catch(() => {});
  return operation;
}

class Operation implements HostStream {
  readonly #id: number;
  readonly #onData: HostOptions["onData"];
  readonly #frame = getContinuation() as Frame | undefined;
  readonly done: Promise<HostAnswer>;
  #resolve!: (answer: HostAnswer) => void;
  #reject!: (error: Error) => void;
  #unread = 0;
  #room: (() => void) | undefined;
  #roomPromise: Promise<void> | undefined;
  #ended = false;

  constructor(op: string, text: string, body: Uint8Array | undefined, streams: boolean, options?: HostOptions) {
    this.#id = lastId = (lastId % 0xffffffff) + 1;
    this.#onData = options?.onData;
    this.#ended = !streams;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    operations.set(this.#id, this);
    post(Out.Op, this.#id, `${op}\n${text}`, body, streams ? 1 : 0);
    const signal = options?.signal;
    if (signal?.aborted) this.cancel();
    else signal?.addEventListener("abort", () => this.cancel(), { once: true });
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#ended) return undefined;
    this.#unread += chunk.byteLength;
    post(Out.OpData, this.#id, undefined, chunk);
    if (this.#unread < window) return undefined;
    return (this.#roomPromise ??= new Promise((go) => (this.#room = go)));
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    post(Out.OpEnd, this.#id);
  }

  cancel(): void {
    if (operations.has(this.#id)) post(Out.OpCancel, this.#id);
  }

  credit(bytes: number): void {
    this.#unread -= bytes;
    if (this.#unread < window) this.#release();
  }

  #release(): void {
    this.#room?.();
    this.#room = this.#roomPromise = undefined;
  }

  data(text: string | undefined, chunk: Uint8Array | undefined): void {
    const size = (text?.length ?? 0) + (chunk?.byteLength ?? 0);
    const taken = (): void => {
      if (operations.has(this.#id)) post(Out.OpPull, this.#id, undefined, undefined, size);
    };
    try {
      const busy = this.#onData && inFrame(this.#frame, this.#onData, undefined, [text, chunk]);
      if (busy) return void busy.then(taken, taken);
    } catch (error) {
      uncaught(error, this.#frame);
    }
    taken();
  }

  settle(answer: HostAnswer | undefined, failure?: string): void {
    operations.delete(this.#id);
    this.#ended = true;
    this.#release();
    if (answer) this.#resolve(answer);
    else this.#reject(hostError(failure ?? "{}"));
  }
}

/** The Error that a JSON object {message, code, ...} describes. */
function hostError(json: string): Error {
  const { message, ...rest } = JSON.parse(json) as { message?: string };
  return Object.assign(new Error(message ?? "host operation failed"), rest);
}

export function operationData(id: number, text: string | undefined, chunk: Uint8Array | undefined): void {
  operations.get(id)?.data(text, chunk);
}
export function operationCredit(id: number, bytes: number): void {
  operations.get(id)?.credit(bytes);
}
export function operationResult(id: number, text: string | undefined, body: Uint8Array | undefined): void {
  operations.get(id)?.settle({ text, body });
}
export function operationFailure(id: number, json: string | undefined): void {
  operations.get(id)?.settle(undefined, json);
}
