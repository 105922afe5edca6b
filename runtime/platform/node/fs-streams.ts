/** Streams over files. */
import { requireInteger } from "../errors";
import { calls, contentOf, optionsOf, pathOf } from "./fs-calls";
import { run } from "./fs";
import { streamModule } from "./stream";

const { Readable, Writable } = streamModule;

interface StreamOptions {
  fd?: number | { fd: number; close(): Promise<void> } | null;
  flags?: string;
  mode?: number;
  start?: number;
  end?: number;
  autoClose?: boolean;
  encoding?: string;
  highWaterMark?: number;
  emitClose?: boolean;
  signal?: unknown;
}

type Callback = (error?: Error | null) => void;

/** What both streams know of their file. */
interface Opened {
  fd: number | null;
  path: string | undefined;
  pending: boolean;
  emit(name: string, ...args: unknown[]): boolean;
}

const numberOf = (fd: StreamOptions["fd"]): number | null => (fd === undefined || fd === null ? null : typeof fd === "number" ? fd : fd.fd);

function openFile(stream: Opened, flags: string, mode: number | undefined, callback: Callback): void {
  if (stream.fd !== null) return callback();
  run(calls.open(stream.path, flags, mode)).then(
    (fd) => {
      stream.fd = fd;
      stream.pending = false;
      stream.emit("open", fd);
      stream.emit("ready");
      callback();
    },
    (error: Error) => callback(error),
  );
}

function closeFile(stream: Opened, autoClose: boolean, error: Error | null, callback: Callback): void {
  const fd = stream.fd;
  if (fd === null || !autoClose) return callback(error);
  stream.fd = null;
  run(calls.close(fd)).then(() => callback(error), (second: Error) => callback(error ?? second));
}

export class ReadStream extends (Readable as unknown as new (options: object) => Opened) {
  declare fd: number | null;
  declare path: string | undefined;
  declare pending: boolean;
  bytesRead: number;
  constructor(file: unknown, given?: unknown) {
    const o = optionsOf(given) as StreamOptions;
    const { start, end = Infinity, autoClose = true } = o;
    if (start !== undefined) requireInteger(start, "start", 0);
    let position = start;
    super({
      highWaterMark: o.highWaterMark ?? 65536, encoding: o.encoding, signal: o.signal, emitClose: o.emitClose, autoDestroy: autoClose,
      construct(this: ReadStream, callback: Callback) {
        openFile(this, o.flags ?? "r", o.mode, callback);
      },
      read(this: ReadStream & { push(chunk: unknown): boolean; destroy(e: unknown): void }, size: number) {
        const from = position;
        const left = from !== undefined ? end - from + 1 : end - this.bytesRead + 1;
        const n = Math.min(size, left);
        if (n <= 0) return void this.push(null);
        run(calls.readAt(this.fd, n, from ?? null)).then(
          (chunk) => {
            if (chunk.length === 0) return void this.push(null);
            this.bytesRead += chunk.length;
            if (position !== undefined) position += chunk.length;
            this.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
          },
          (error: unknown) => this.destroy(error),
        );
      },
      destroy(this: ReadStream, error: Error | null, callback: Callback) {
        closeFile(this, autoClose, error, callback);
      },
    });
    this.bytesRead = 0;
    this.fd = numberOf(o.fd);
    this.path = this.fd === null ? pathOf(file) : undefined;
    this.pending = this.fd === null;
  }
  close(callback?: Callback): void {
    (this as unknown as { destroy(e?: unknown): void; once(n: string, f: unknown): void }).once("close", () => callback?.(null));
    (this as unknown as { destroy(): void }).destroy();
  }
}

export class WriteStream extends (Writable as unknown as new (options: object) => Opened) {
  declare fd: number | null;
  declare path: string | undefined;
  declare pending: boolean;
  bytesWritten: number;
  constructor(file: unknown, given?: unknown) {
    const o = optionsOf(given) as StreamOptions;
    const { start, autoClose = true } = o;
    let position = start;
    const put = async (stream: WriteStream, data: Uint8Array): Promise<void> => {
      const n = await run(calls.writeAt(stream.fd, data, position ?? null));
      stream.bytesWritten += n;
      if (position !== undefined) position += n;
    };
    super({
      highWaterMark: o.highWaterMark ?? 16384, signal: o.signal, emitClose: o.emitClose, autoDestroy: autoClose, decodeStrings: true,
      defaultEncoding: o.encoding,
      construct(this: WriteStream, callback: Callback) {
        openFile(this, o.flags ?? "w", o.mode, callback);
      },
      write(this: WriteStream, chunk: unknown, encoding: string, callback: Callback) {
        put(this, contentOf(chunk, encoding)).then(() => callback(), callback);
      },
      writev(this: WriteStream, list: { chunk: unknown; encoding: string }[], callback: Callback) {
        put(this, Buffer.concat(list.map((e) => contentOf(e.chunk, e.encoding)))).then(() => callback(), callback);
      },
      destroy(this: WriteStream, error: Error | null, callback: Callback) {
        closeFile(this, autoClose, error, callback);
      },
    });
    this.bytesWritten = 0;
    this.fd = numberOf(o.fd);
    this.path = this.fd === null ? pathOf(file) : undefined;
    this.pending = this.fd === null;
  }
  close(callback?: Callback): void {
    const self = this as unknown as { end(): void; once(n: string, f: unknown): void };
    if (callback) self.once("close", () => callback(null));
    self.end();
  }
}
