/** node:stream: the npm package readable-stream, with the bridges to web streams that it lacks. */
import * as readable from "readable-stream/lib/stream.js";
import { eventsModule } from "./events";
import { invalidArgType } from "../errors";
import { CountQueuingStrategy, ReadableStream, WritableStream } from "../web/streams";
import * as web from "../web/streams";

type Callback = (error?: Error | null, value?: unknown) => void;

export interface NodeReadable {
  readable: boolean;
  readableObjectMode: boolean;
  readableHighWaterMark: number;
  destroyed: boolean;
  push(chunk: unknown, encoding?: string): boolean;
  pipe<T>(target: T, options?: { end?: boolean }): T;
  pause(): this;
  resume(): this;
  read(size?: number): unknown;
  on(name: string, fn: (...args: never[]) => void): this;
  once(name: string, fn: (...args: never[]) => void): this;
  off(name: string, fn: (...args: never[]) => void): this;
  emit(name: string, ...args: unknown[]): boolean;
  destroy(error?: unknown): this;
  setEncoding(encoding: string): this;
  [Symbol.asyncIterator](): AsyncIterableIterator<unknown>;
}

export interface NodeWritable {
  writable: boolean;
  writableObjectMode: boolean;
  writableHighWaterMark: number;
  writableNeedDrain: boolean;
  destroyed: boolean;
  write(chunk: unknown, encoding?: unknown, callback?: unknown): boolean;
  end(chunk?: unknown, encoding?: unknown, callback?: unknown): this;
  on(name: string, fn: (...args: never[]) => void): this;
  once(name: string, fn: (...args: never[]) => void): this;
  off(name: string, fn: (...args: never[]) => void): this;
  destroy(error?: unknown): this;
}

interface ReadableOptions {
  read?(this: NodeReadable, size: number): void;
  destroy?(this: NodeReadable, error: unknown, callback: Callback): void;
  highWaterMark?: number;
  objectMode?: boolean;
  encoding?: string;
  signal?: unknown;
  autoDestroy?: boolean;
  emitClose?: boolean;
}
interface WritableOptions {
  write?(this: NodeWritable, chunk: unknown, encoding: string, callback: Callback): void;
  final?(this: NodeWritable, callback: Callback): void;
  destroy?(this: NodeWritable, error: unknown, callback: Callback): void;
  highWaterMark?: number;
  objectMode?: boolean;
  decodeStrings?: boolean;
  signal?: unknown;
}

interface StreamModule {
  Readable: (new (options?: ReadableOptions) => NodeReadable) & Record<string, unknown> & { prototype: object; from(source: unknown, options?: object): NodeReadable };
  Writable: (new (options?: WritableOptions) => NodeWritable) & Record<string, unknown> & { prototype: object };
  Duplex: (new (options?: ReadableOptions & WritableOptions) => NodeReadable & NodeWritable) & Record<string, unknown>;
  Transform: new (options?: object) => NodeReadable & NodeWritable;
  PassThrough: new (options?: object) => NodeReadable & NodeWritable;
  Stream: { prototype: object } & Record<string, unknown>;
  finished(stream: unknown, options: unknown, callback?: unknown): () => void;
  pipeline(...args: unknown[]): unknown;
  promises: Record<string, unknown>;
}

export const streamModule = ((readable as { default?: unknown }).default ?? readable) as unknown as StreamModule & Record<string, unknown>;
const { Readable, Writable, Duplex, finished } = streamModule;

const lengthOf = (chunk: unknown): number => (chunk as Uint8Array | undefined)?.byteLength ?? (chunk as string | undefined)?.length ?? 1;
const isBytes = (v: unknown): v is Uint8Array => v instanceof Uint8Array;

/** A web stream over a Node stream. Pausing it holds the Node stream back. */
function readableToWeb(stream: NodeReadable, options: { strategy?: { highWaterMark?: number; size?: (chunk: unknown) => number } } = {}): ReadableStream<unknown> {
  if (typeof stream?.pause !== "function") throw invalidArgType("streamReadable", "stream.Readable", stream);
  const objectMode = stream.readableObjectMode;
  const strategy = options.strategy ?? (objectMode ? new CountQueuingStrategy({ highWaterMark: stream.readableHighWaterMark }) : { highWaterMark: stream.readableHighWaterMark, size: lengthOf });
  let canceled = false;
  stream.pause();
  return new ReadableStream<unknown>(
    {
      start(controller) {
        stream.on("data", ((chunk: unknown) => {
          if (canceled) return;
          controller.enqueue(isBytes(chunk) && !objectMode ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength) : chunk);
          if ((controller.desiredSize ?? 1) <= 0) stream.pause();
        }) as never);
        stream.pause();
        finished(stream, { writable: false }, (error?: Error) => {
          // After this nobody listens; a late error must not be thrown.
          stream.on("error", (() => {}) as never);
          if (canceled) return;
          canceled = true;
          if (error) controller.error(error);
          else controller.close();
        });
      },
      pull() {
        stream.resume();
      },
      cancel(reason) {
        canceled = true;
        stream.destroy(reason);
      },
    },
    strategy as never,
  );
}

function readableFromWeb(stream: ReadableStream<unknown>, options: ReadableOptions = {}): NodeReadable {
  if (!(stream instanceof ReadableStream)) throw invalidArgType("readableStream", "ReadableStream", stream);
  const reader = stream.getReader();
  let closed = false;
  return new Readable({
    ...options,
    read() {
      reader.read().then(
        ({ done, value }) => {
          if (done) {
            closed = true;
            this.push(null);
          } else this.push(isBytes(value) && !options.objectMode ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value);
        },
        (error: unknown) => {
          closed = true;
          this.destroy(error);
        },
      );
    },
    destroy(error, callback) {
      if (closed) return callback(error as Error | null);
      closed = true;
      reader.cancel(error).then(
        () => callback(error as Error | null),
        (reason: Error) => callback((error as Error | null) ?? reason),
      );
    },
  });
}

function writableToWeb(stream: NodeWritable): WritableStream<unknown> {
  if (typeof stream?.write !== "function") throw invalidArgType("streamWritable", "stream.Writable", stream);
  let failure: ((error: unknown) => void) | undefined;
  let drained: (() => void) | undefined;
  let ended = false;
  return new WritableStream<unknown>(
    {
      start(controller) {
        stream.on("drain", () => drained?.());
        finished(stream, { readable: false }, (error?: Error) => {
          stream.on("error", (() => {}) as never);
          drained?.();
          if (error) {
            failure?.(error);
            controller.error(error);
          } else if (!ended) controller.error(new Error("the stream was closed"));
        });
      },
      write(chunk) {
        if (stream.writableNeedDrain || !stream.write(chunk)) return new Promise<void>((go) => (drained = go));
        return undefined;
      },
      close() {
        ended = true;
        return new Promise<void>((resolve, reject) => {
          failure = reject;
          stream.end(undefined, undefined, () => resolve());
        });
      },
      abort(reason) {
        ended = true;
        stream.destroy(reason);
      },
    },
    { highWaterMark: stream.writableHighWaterMark, size: stream.writableObjectMode ? () => 1 : lengthOf },
  );
}

function writableFromWeb(stream: WritableStream<unknown>, options: WritableOptions = {}): NodeWritable {
  if (!(stream instanceof WritableStream)) throw invalidArgType("writableStream", "WritableStream", stream);
  const writer = stream.getWriter();
  let closed = false;
  const settle = (promise: Promise<unknown>, callback: Callback): void => {
    promise.then(() => callback(), (error: Error) => callback(error));
  };
  return new Writable({
    ...options,
    write(chunk, _encoding, callback) {
      settle(writer.ready.then(() => writer.write(chunk)), callback);
    },
    final(callback) {
      closed = true;
      settle(writer.close(), callback);
    },
    destroy(error, callback) {
      if (closed) return callback(error as Error | null);
      closed = true;
      (error ? writer.abort(error) : writer.close()).then(
        () => callback(error as Error | null),
        (reason: Error) => callback((error as Error | null) ?? reason),
      );
    },
  });
}

Readable["toWeb"] = readableToWeb;
Readable["fromWeb"] = readableFromWeb;
Writable["toWeb"] = writableToWeb;
Writable["fromWeb"] = writableFromWeb;
Duplex["toWeb"] = (stream: NodeReadable & NodeWritable): object => ({ readable: readableToWeb(stream), writable: writableToWeb(stream) });
Duplex["fromWeb"] = (pair: { readable: ReadableStream<unknown>; writable: WritableStream<unknown> }, options: object = {}): NodeReadable & NodeWritable =>
  (Duplex as unknown as { from(o: object): NodeReadable & NodeWritable }).from({
    readable: readableFromWeb(pair.readable, options),
    writable: writableFromWeb(pair.writable, options),
  });

let defaultHighWaterMark = 65536;
streamModule["getDefaultHighWaterMark"] = (objectMode: boolean): number => (objectMode ? 16 : defaultHighWaterMark);
streamModule["setDefaultHighWaterMark"] = (objectMode: boolean, value: number): void => {
  if (!objectMode) defaultHighWaterMark = value;
};
// Old code extends EventEmitter through Stream.
streamModule["EventEmitter"] = eventsModule;

const { readAll: _readAll, join: _join, ...publicWeb } = web;
/** node:stream/web. */
export const streamWebModule = publicWeb;
