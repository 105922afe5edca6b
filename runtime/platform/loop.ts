/**
 * The JavaScript half of the event loop. Go hands over messages; a message that
 * begins a Job goes to the handler of that name, with everything about the Job in
 * one object that dies with it.
 */
import { Frame, inFrame } from "./als";
import { describe, logError, printable, rejections, uncaught } from "./failure";
import { In, Out } from "./messages";
import { operationCredit, operationData, operationFailure, operationResult } from "./operations";
import { drain, runTimers } from "./timers";

export { hooks } from "./failure";
export { hostAsync, hostCall, hostStream, type HostAnswer, type HostOptions, type HostStream } from "./operations";
export { nextTick, queueMicrotask, setImmediate, setInterval, setTimeout, clearImmediate, clearInterval, clearTimeout } from "./timers";

/** The body of a Job that streams in. */
export interface BodyReader extends AsyncIterable<Uint8Array> {
  /** The next chunk; undefined at the end. Rejects when the body broke off. */
  read(): Promise<Uint8Array | undefined>;
  /** Gives the rest up. */
  cancel(): void;
}

/** One call from Go. It is answered once: by reply, by head … end, or by fail. */
export interface Job {
  readonly id: number;
  readonly name: string;
  /** A JSON document. */
  readonly input: string;
  /** The whole body, when the caller had it. */
  readonly body?: Uint8Array;
  /** The body, when it streams in. */
  readonly stream?: BodyReader;
  /** The caller has gone. */
  readonly aborted: boolean;
  /** Nothing more can be sent: answered, failed or aborted. */
  readonly done: boolean;
  /** What the handler keeps for code that runs inside of the Job. */
  scope: unknown;
  /** Calls fn when the caller goes away; at once when it has gone. */
  onAbort(fn: () => void): void;
  /** Answers with the whole body. */
  reply(meta: string, body?: string | Uint8Array): void;
  /** Begins a streaming answer. */
  head(meta: string): void;
  /** Sends a chunk. A promise means: wait for it, the caller is slow. */
  write(chunk: string | Uint8Array): Promise<void> | undefined;
  end(): void;
  fail(error: unknown): void;
}

export type Handler = (job: Job) => void | Promise<void>;

/** How many bytes may be under way in one direction. */
const window = 256 << 10;
const { post, setContinuation } = __native;

const handlers = new Map<string, Handler>();
const boots: ((boot: unknown) => void | Promise<void>)[] = [];
const jobs = new Map<number, Running>();

/** Registers the handler of a Job. */
export function handle(name: string, handler: Handler): void {
  handlers.set(name, handler);
}

/** Calls fn with the boot document, once per worker, before any Job. */
export function onBoot(fn: (boot: unknown) => void | Promise<void>): void {
  boots.push(fn);
}

class Running implements Job {
  readonly stream: Body | undefined;
  aborted = false;
  done = false;
  scope: unknown = undefined;
  /** The head has gone out. */
  #streaming = false;
  #unread = 0;
  #room: { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } | undefined;
  #aborts: (() => void)[] | undefined;
  readonly frame: Frame;

  constructor(
    readonly id: number,
    readonly name: string,
    readonly input: string,
    readonly body: Uint8Array | undefined,
    streams: boolean,
  ) {
    this.stream = streams ? new Body(id) : undefined;
    this.frame = new Frame(id, this, []);
  }

  onAbort(fn: () => void): void {
    if (this.aborted) fn();
    else if (!this.done) (this.#aborts ??= []).push(fn);
  }

  reply(meta: string, body?: string | Uint8Array): void {
    if (this.done) return;
    if (this.#streaming) throw new Error(`Job ${this.name}: reply after head`);
    post(Out.Reply, this.id, meta, body);
    this.#finish();
  }

  head(meta: string): void {
    if (this.done) return;
    if (this.#streaming) throw new Error(`Job ${this.name}: head was sent twice`);
    this.#streaming = true;
    post(Out.Head, this.id, meta);
  }

  write(chunk: string | Uint8Array): Promise<void> | undefined {
    if (this.done) return this.aborted ? gone() : undefined;
    if (!this.#streaming) throw new Error(`Job ${this.name}: write before head`);
    if (chunk.length === 0) return undefined;
    post(Out.Chunk, this.id, undefined, chunk);
    // Go counts UTF-8 bytes; the difference evens out with End.
    this.#unread += typeof chunk === "string" ? utf8Length(chunk) : chunk.byteLength;
    if (this.#unread < window) return undefined;
    return (this.#room ??= Promise.withResolvers()).promise;
  }

  end(): void {
    if (this.done) return;
    if (!this.#streaming) throw new Error(`Job ${this.name}: end before head`);
    post(Out.End, this.id);
    this.#finish();
  }

  fail(error: unknown): void {
    if (this.done) return logError(`Job ${this.name} failed after its answer: ${printable(error)}`);
    post(Out.Fail, this.id, describe(error));
    this.#finish();
  }

  #finish(): void {
    this.done = true;
    this.#aborts = undefined;
    this.stream?.cancel();
    this.#room?.resolve();
    this.#room = undefined;
    jobs.delete(this.id);
  }

  credit(bytes: number): void {
    this.#unread -= bytes;
    if (this.#unread < window && this.#room) {
      this.#room.resolve();
      this.#room = undefined;
    }
  }

  abort(): void {
    const aborts = this.#aborts;
    const room = this.#room;
    this.#room = undefined;
    this.aborted = true;
    // Go forgets the Job with this.
    post(Out.End, this.id);
    this.#finish();
    if (room) {
      room.promise.catch(() => {});
      room.reject(abortError());
    }
    for (const fn of aborts ?? []) {
      try {
        inFrame(this.frame, fn, undefined, []);
      } catch (error) {
        uncaught(error, this.frame);
      }
    }
  }
}

function abortError(): Error {
  const error = new Error("The caller has gone");
  error.name = "AbortError";
  return Object.assign(error, { code: "ABORT_ERR" });
}

/** A rejection that nobody has to look at. */
function gone(): Promise<void> {
  const promise = Promise.reject<void>(abortError());
  promise.catch(() => {});
  return promise;
}

/** Bytes of text in UTF-8, as cheaply as its letters allow. */
function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x80) continue;
    if (c < 0x800) bytes++;
    else if (c >= 0xd800 && c <= 0xdbff && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      bytes += 2;
      i++;
    } else bytes += 2;
  }
  return bytes;
}

class Body implements BodyReader {
  #chunks: Uint8Array[] = [];
  #ended = false;
  #error: Error | undefined;
  #waiting: { resolve: (chunk: Uint8Array | undefined) => void; reject: (error: Error) => void }[] = [];
  /** Bytes read and not yet granted again; starts at a whole window. */
  #taken = window;

  constructor(readonly id: number) {}

  read(): Promise<Uint8Array | undefined> {
    const chunk = this.#chunks.shift();
    if (chunk) {
      this.#taken += chunk.byteLength;
      this.#pull();
      return Promise.resolve(chunk);
    }
    if (this.#error) return Promise.reject(this.#error);
    if (this.#ended) return Promise.resolve(undefined);
    this.#pull();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #pull(): void {
    if (this.#ended || this.#taken < window / 8) return;
    post(Out.Pull, this.id, undefined, undefined, this.#taken);
    this.#taken = 0;
  }

  push(chunk: Uint8Array): void {
    if (this.#ended) return;
    const reader = this.#waiting.shift();
    if (!reader) return void this.#chunks.push(chunk);
    this.#taken += chunk.byteLength;
    this.#pull();
    reader.resolve(chunk);
  }

  finish(problem: string | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    if (problem !== undefined) this.#error = Object.assign(new Error(problem), { code: "ECONNRESET" });
    for (const { resolve, reject } of this.#waiting) {
      if (this.#error) reject(this.#error);
      else resolve(undefined);
    }
    this.#waiting = [];
  }

  cancel(): void {
    this.#chunks = [];
    this.finish(undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    for (let chunk = await this.read(); chunk; chunk = await this.read()) yield chunk;
  }
}

function begin(id: number, text: string, body: Uint8Array | undefined, streams: boolean): void {
  const at = text.indexOf("\n");
  const job = new Running(id, text.slice(0, at), text.slice(at + 1), body, streams);
  jobs.set(id, job);
  const handler = handlers.get(job.name);
  if (!handler) return job.fail(new Error(`no handler is registered for Job "${job.name}"`));
  setContinuation(job.frame);
  try {
    const result = handler(job);
    if (result) result.then(undefined, (error: unknown) => job.fail(error));
  } catch (error) {
    job.fail(error);
  }
  setContinuation(undefined);
}

/** Jobs that came before boot was done, by their number. */
let early: Map<number, () => void> | undefined = new Map();

function boot(text: string): void {
  const start = async (): Promise<void> => {
    const document: unknown = JSON.parse(text);
    for (const fn of boots) await fn(document);
  };
  start().then(
    () => {
      post(Out.Ready, 0);
      const list = early;
      early = undefined;
      for (const begin of list?.values() ?? []) begin();
    },
    (error: unknown) => post(Out.Ready, 0, printable(error)),
  );
}

function dispatch(kind: In, id: number, text: string | undefined, body: Uint8Array | undefined, n: number): void {
  try {
    switch (kind) {
      case In.Job:
        if (early) early.set(id, () => begin(id, text!, body, n === 1));
        else begin(id, text!, body, n === 1);
        break;
      case In.Result:
        operationResult(id, text, body);
        break;
      case In.Failure:
        operationFailure(id, text);
        break;
      case In.Data:
        operationData(id, text, body);
        break;
      case In.OpCredit:
        operationCredit(id, n);
        break;
      case In.Wake:
        runTimers();
        break;
      case In.Body:
        jobs.get(id)?.stream?.push(body!);
        break;
      case In.BodyEnd:
        jobs.get(id)?.stream?.finish(text);
        break;
      case In.Credit:
        jobs.get(id)?.credit(n);
        break;
      case In.Abort:
        if (early?.delete(id)) post(Out.End, id);
        else jobs.get(id)?.abort();
        break;
      case In.Rejections:
        rejections(text as unknown as unknown[]);
        break;
      case In.Boot:
        boot(text!);
        break;
    }
  } catch (error) {
    logError(`The event loop failed: ${printable(error)}`);
  }
  drain();
}

Object.defineProperty(globalThis, "__dispatch", { value: dispatch });
Object.defineProperty(globalThis, "__onward", { value: Object.freeze({ handle, onBoot }) });
