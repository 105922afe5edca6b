/** node:fs and node:fs/promises. */
import { hostAsync, hostCall } from "../loop";
import { requireFunction } from "../errors";
import { calls, contentOf, noWatch, optionsOf, pathOf, readTarget, type Request } from "./fs-calls";
import { Dirent, Stats, constants } from "./fs-types";
import { ReadStream, WriteStream } from "./fs-streams";
import { posix as path } from "./path";
import { EventEmitter } from "./events";
import { streamModule } from "./stream";

export function runSync<T>(request: Request<T>): T {
  return request.finish(hostCall(`fs.${request.op}`, JSON.stringify(request.args), request.body));
}

export async function run<T>(request: Request<T>): Promise<T> {
  const answer = await hostAsync(`fs.${request.op}`, JSON.stringify(request.args), request.body);
  return request.finish(answer.body ?? answer.text ?? "");
}

type Callback = (error: unknown, ...results: unknown[]) => void;

/** The callback form: the last function is the callback; argument errors are thrown at once. */
function withCallback(args: unknown[], start: (args: unknown[]) => Promise<unknown>): void {
  const at = args.findLastIndex((a) => typeof a === "function");
  const callback = args[at < 0 ? args.length - 1 : at];
  requireFunction(callback, "cb");
  const call = callback as Callback;
  start(args.slice(0, at)).then(
    (value) => (value === undefined ? call(null) : call(null, value)),
    (error: unknown) => call(error),
  );
}

/** Three forms of one call. */
function forms(make: (...args: never[]) => Request<unknown>): { sync: (...args: unknown[]) => unknown; callback: (...args: unknown[]) => void; promise: (...args: unknown[]) => Promise<unknown> } {
  const request = make as unknown as (...args: unknown[]) => Request<unknown>;
  return {
    sync: (...args) => runSync(request(...args)),
    callback: (...args) => withCallback(args, (rest) => run(request(...rest))),
    promise: async (...args) => run(request(...args)),
  };
}

const names = [
  "readFile", "writeFile", "appendFile", "stat", "lstat", "readdir", "mkdir", "mkdtemp", "rm", "rmdir", "unlink", "rename", "link",
  "copyFile", "symlink", "readlink", "realpath", "access", "chmod", "chown", "utimes", "truncate", "open", "close", "fstat", "ftruncate",
  "fsync", "fdatasync",
] as const;

const fs: Record<string, unknown> = {};
const promises: Record<string, unknown> = {};

for (const name of names) {
  const { sync, callback, promise } = forms(calls[name] as never);
  for (const [fn, label] of [[sync, `${name}Sync`], [callback, name], [promise, name]] as const) Object.defineProperty(fn, "name", { value: label });
  fs[`${name}Sync`] = sync;
  fs[name] = callback;
  if (!["open", "close", "fstat", "ftruncate", "fsync", "fdatasync"].includes(name)) promises[name] = promise;
}

// Outside of promises Node walks the path itself.
for (const name of ["realpath", "realpathSync"] as const) {
  const { sync, callback } = forms(((path: unknown, options?: unknown) => calls.realpath(path, options, "lstat")) as never);
  fs[name] = name === "realpath" ? callback : sync;
}

// stat may be told not to fail.
for (const name of ["stat", "lstat"] as const) {
  fs[`${name}Sync`] = (file: unknown, options?: unknown): Stats | undefined => {
    try {
      return runSync(calls[name](file, options));
    } catch (error) {
      if (optionsOf(options).throwIfNoEntry === false && ["ENOENT", "ENOTDIR"].includes((error as { code?: string }).code ?? "")) return undefined;
      throw error;
    }
  };
}

// Files that are open already: readFile and writeFile take their number.
type FileArg = number | FileHandle;
const isOpen = (file: unknown): file is FileArg => Number.isInteger(file) || file instanceof FileHandle;

function readOpenSync(file: FileArg): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const chunk = runSync(calls.readAt(file, 1 << 20, null));
    if (chunk.length === 0) return Buffer.concat(chunks);
    chunks.push(chunk);
  }
}
async function readOpen(file: FileArg): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const chunk = await run(calls.readAt(file, 1 << 20, null));
    if (chunk.length === 0) return Buffer.concat(chunks);
    chunks.push(chunk);
  }
}
const decoded = (content: Uint8Array, options: unknown): unknown => {
  const { encoding } = optionsOf(options);
  return encoding && encoding !== "buffer" ? (content as unknown as { toString(e: string): string }).toString(encoding) : content;
};

async function readFile(file: unknown, options?: unknown): Promise<unknown> {
  const signal = (optionsOf(options) as { signal?: AbortSignal }).signal;
  signal?.throwIfAborted();
  return isOpen(file) ? decoded(await readOpen(file), options) : run(calls.readFile(file, options));
}
async function writeFile(file: unknown, data: unknown, options?: unknown): Promise<void> {
  if (data !== null && typeof data === "object" && !ArrayBuffer.isView(data)) {
    const source = data as AsyncIterable<unknown>;
    if (typeof source[Symbol.asyncIterator] === "function" || typeof (data as Iterable<unknown>)[Symbol.iterator] === "function") {
      const chunks: Uint8Array[] = [];
      for await (const chunk of source) chunks.push(contentOf(chunk, optionsOf(options).encoding));
      data = Buffer.concat(chunks);
    }
  }
  if (isOpen(file)) await run(calls.writeAt(file, contentOf(data, optionsOf(options).encoding), null));
  else await run(calls.writeFile(file, data, options));
}
fs["readFileSync"] = function readFileSync(file: unknown, options?: unknown): unknown {
  return isOpen(file) ? decoded(readOpenSync(file), options) : runSync(calls.readFile(file, options));
};
fs["readFile"] = function readFile_(...args: unknown[]): void {
  if (!isOpen(args[0])) calls.readFile(args[0], typeof args[1] === "function" ? undefined : args[1]);
  withCallback(args, (rest) => readFile(rest[0], rest[1]));
};
fs["writeFileSync"] = function writeFileSync(file: unknown, data: unknown, options?: unknown): void {
  if (isOpen(file)) runSync(calls.writeAt(file, contentOf(data, optionsOf(options).encoding), null));
  else runSync(calls.writeFile(file, data, options));
};
fs["writeFile"] = function writeFile_(...args: unknown[]): void {
  if (!isOpen(args[0])) calls.writeFile(args[0], args[1], typeof args[2] === "function" ? undefined : args[2]);
  withCallback(args, (rest) => writeFile(rest[0], rest[1], rest[2]));
};
promises["readFile"] = readFile;
promises["writeFile"] = writeFile;
for (const [fn, label] of [[fs["readFile"], "readFile"], [fs["writeFile"], "writeFile"]] as const) Object.defineProperty(fn, "name", { value: label });

function existsSync(file: unknown): boolean {
  try {
    runSync(calls.access(file, 0));
    return true;
  } catch {
    return false;
  }
}
function exists(file: unknown, callback: (found: boolean) => void): void {
  requireFunction(callback, "cb");
  run(calls.access(file, 0)).then(() => callback(true), () => callback(false));
}
Object.defineProperty(exists, Symbol.for("nodejs.util.promisify.custom"), { value: (file: unknown) => new Promise((go) => exists(file, go)) });

function readSync(fd: number, buffer: unknown, ...rest: unknown[]): number {
  const { into, length, position } = readTarget(buffer, rest[0], rest[1], rest[2]);
  const got = runSync(calls.readAt(fd, length, position));
  into.set(got);
  return got.length;
}
function read(fd: number, ...args: unknown[]): void {
  const callback = args[args.length - 1];
  requireFunction(callback, "cb");
  const buffer = ArrayBuffer.isView(args[0]) ? args[0] : ((args[0] as { buffer?: ArrayBufferView }).buffer ?? Buffer.alloc(16384));
  const { into, length, position } = ArrayBuffer.isView(args[0])
    ? readTarget(buffer, ...(args.slice(1, -1) as [unknown, unknown, unknown]))
    : readTarget({ ...(args[0] as object), buffer });
  run(calls.readAt(fd, length, position)).then(
    (got) => {
      into.set(got);
      (callback as Callback)(null, got.length, buffer);
    },
    (error: unknown) => (callback as Callback)(error),
  );
}

/** (buffer, offset, length, position) or (string, position, encoding). */
function writeSource(args: unknown[]): { data: Uint8Array; position: number | null } {
  const [data, a, b, c] = args;
  if (typeof data === "string") return { data: contentOf(data, (b as string | undefined) ?? "utf8"), position: typeof a === "number" ? a : null };
  const all = contentOf(data, undefined);
  const o = a !== null && typeof a === "object" ? (a as { offset?: number; length?: number; position?: number }) : { offset: a as number, length: b as number, position: c as number };
  const from = o.offset ?? 0;
  return { data: all.subarray(from, o.length === undefined || o.length === null ? undefined : from + o.length), position: typeof o.position === "number" ? o.position : null };
}
function writeSync(fd: number, ...args: unknown[]): number {
  const { data, position } = writeSource(args);
  return runSync(calls.writeAt(fd, data, position));
}
function write(fd: number, ...args: unknown[]): void {
  const callback = args.pop();
  requireFunction(callback, "cb");
  const { data, position } = writeSource(args);
  run(calls.writeAt(fd, data, position)).then((n) => (callback as Callback)(null, n, args[0]), (error: unknown) => (callback as Callback)(error));
}

/** An open file, as fs.promises.open gives it. */
class FileHandle extends EventEmitter {
  #fd: number;
  constructor(fd: number) {
    super();
    this.#fd = fd;
  }
  get fd(): number { return this.#fd; }
  async read(buffer?: unknown, offset?: unknown, length?: unknown, position?: unknown): Promise<{ bytesRead: number; buffer: unknown }> {
    const given = ArrayBuffer.isView(buffer) ? buffer : ((buffer as { buffer?: ArrayBufferView } | undefined)?.buffer ?? Buffer.alloc(16384));
    const target = ArrayBuffer.isView(buffer) ? readTarget(buffer, offset, length, position) : readTarget({ ...(buffer as object), buffer: given });
    const got = await run(calls.readAt(this.#fd, target.length, target.position));
    target.into.set(got);
    return { bytesRead: got.length, buffer: given };
  }
  async write(...args: unknown[]): Promise<{ bytesWritten: number; buffer: unknown }> {
    const { data, position } = writeSource(args);
    return { bytesWritten: await run(calls.writeAt(this.#fd, data, position)), buffer: args[0] };
  }
  readFile(options?: unknown): Promise<unknown> { return readFile(this, options); }
  writeFile(data: unknown, options?: unknown): Promise<void> { return writeFile(this, data, options); }
  appendFile(data: unknown, options?: unknown): Promise<void> { return writeFile(this, data, options); }
  stat(options?: unknown): Promise<Stats> { return run(calls.fstat(this.#fd, options)); }
  truncate(length?: number): Promise<unknown> { return run(calls.ftruncate(this.#fd, length)); }
  sync(): Promise<unknown> { return run(calls.fsync(this.#fd)); }
  datasync(): Promise<unknown> { return run(calls.fsync(this.#fd)); }
  async close(): Promise<void> {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    await run(calls.close(fd));
    this.emit("close");
  }
  createReadStream(options?: object): unknown { return new ReadStream("", { ...options, fd: this }); }
  createWriteStream(options?: object): unknown { return new WriteStream("", { ...options, fd: this }); }
  readableWebStream(): unknown { return (streamModule.Readable["toWeb"] as (s: unknown) => unknown)(this.createReadStream()); }
  async *readLines(options?: object): AsyncGenerator<string, void> {
    let rest = "";
    for await (const chunk of this.createReadStream({ ...options, encoding: "utf8" }) as AsyncIterable<string>) {
      const lines = (rest + chunk).split(/\r?\n/);
      rest = lines.pop()!;
      yield* lines;
    }
    if (rest) yield rest;
  }
  async [(Symbol as { asyncDispose?: symbol }).asyncDispose ?? Symbol.for("nodejs.asyncDispose")](): Promise<void> { await this.close(); }
}

/** A folder being read, as opendir gives it. */
class Dir {
  #entries: Dirent[] | undefined;
  readonly #recursive: boolean;
  constructor(readonly path: string, recursive: boolean) {
    this.#recursive = recursive;
  }
  readSync(): Dirent | null {
    this.#entries ??= runSync(calls.readdir(this.path, { withFileTypes: true, recursive: this.#recursive })) as Dirent[];
    return this.#entries.shift() ?? null;
  }
  async read(): Promise<Dirent | null> {
    this.#entries ??= (await run(calls.readdir(this.path, { withFileTypes: true, recursive: this.#recursive }))) as Dirent[];
    return this.#entries.shift() ?? null;
  }
  async close(): Promise<void> {}
  closeSync(): void {}
  async *[Symbol.asyncIterator](): AsyncGenerator<Dirent, void> {
    for (let e = await this.read(); e; e = await this.read()) yield e;
  }
}

interface CopyOptions {
  recursive?: boolean;
  force?: boolean;
  errorOnExist?: boolean;
  dereference?: boolean;
  preserveTimestamps?: boolean;
  filter?(from: string, to: string): boolean | Promise<boolean>;
}

async function cp(from: unknown, to: unknown, options: CopyOptions = {}): Promise<void> {
  const source = pathOf(from, "src");
  const dest = pathOf(to, "dest");
  if (options.filter && !(await options.filter(source, dest))) return;
  const info = await run(options.dereference ? calls.stat(source) : calls.lstat(source));
  if (info.isDirectory()) {
    if (!options.recursive) throw Object.assign(new Error(`Recursive option not enabled, cannot copy a directory: ${source}`), { code: "ERR_FS_EISDIR" });
    await run(calls.mkdir(dest, { recursive: true }));
    for (const name of (await run(calls.readdir(source))) as string[]) await cp(path.join(source, name), path.join(dest, name), options);
  } else if (info.isSymbolicLink()) {
    await run(calls.symlink(await run(calls.readlink(source)), dest));
  } else if (options.force !== false || !existsSync(dest)) {
    await run(calls.copyFile(source, dest));
  } else if (options.errorOnExist) {
    throw Object.assign(new Error(`Target already exists: ${dest}`), { code: "ERR_FS_CP_EEXIST" });
  }
}
function cpSync(from: unknown, to: unknown, options: CopyOptions = {}): void {
  const source = pathOf(from, "src");
  const dest = pathOf(to, "dest");
  if (options.filter && !options.filter(source, dest)) return;
  const info = runSync(options.dereference ? calls.stat(source) : calls.lstat(source));
  if (info.isDirectory()) {
    if (!options.recursive) throw Object.assign(new Error(`Recursive option not enabled, cannot copy a directory: ${source}`), { code: "ERR_FS_EISDIR" });
    runSync(calls.mkdir(dest, { recursive: true }));
    for (const name of runSync(calls.readdir(source)) as string[]) cpSync(path.join(source, name), path.join(dest, name), options);
  } else if (info.isSymbolicLink()) runSync(calls.symlink(runSync(calls.readlink(source)), dest));
  else if (options.force !== false || !existsSync(dest)) runSync(calls.copyFile(source, dest));
  else if (options.errorOnExist) throw Object.assign(new Error(`Target already exists: ${dest}`), { code: "ERR_FS_CP_EEXIST" });
}

Object.assign(promises, {
  constants, cp,
  open: async (file: unknown, flags?: unknown, mode?: unknown): Promise<FileHandle> => new FileHandle(await run(calls.open(file, flags, mode))),
  opendir: async (dir: unknown, options?: { recursive?: boolean }): Promise<Dir> => new Dir(pathOf(dir), !!options?.recursive),
  lchown: promises["chown"], lutimes: promises["utimes"],
  watch: () => noWatch("fs.promises.watch"),
});

const realpathSync = Object.assign(fs["realpathSync"] as object, { native: fs["realpathSync"] });
const realpath = Object.assign(fs["realpath"] as object, { native: fs["realpath"] });

export const fsModule: Record<string, unknown> = Object.assign(fs, {
  promises, constants, Stats, Dirent, Dir, ReadStream, WriteStream, FileReadStream: ReadStream, FileWriteStream: WriteStream,
  F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1,
  exists, existsSync, read, readSync, write, writeSync, cpSync, realpath, realpathSync,
  cp: (from: unknown, to: unknown, ...rest: unknown[]): void => withCallback([from, to, ...rest], (a) => cp(a[0], a[1], a[2] as CopyOptions)),
  opendirSync: (dir: unknown, options?: { recursive?: boolean }): Dir => new Dir(pathOf(dir), !!options?.recursive),
  opendir: (...args: unknown[]): void => withCallback(args, async (a) => new Dir(pathOf(a[0]), !!(a[1] as { recursive?: boolean } | undefined)?.recursive)),
  createReadStream: (file: unknown, options?: unknown): unknown => new ReadStream(file, options),
  createWriteStream: (file: unknown, options?: unknown): unknown => new WriteStream(file, options),
  lchownSync: fs["chownSync"], lutimesSync: fs["utimesSync"], lutimes: fs["utimes"], lchown: fs["chown"],
  openAsBlob: async (file: unknown, options?: { type?: string }): Promise<Blob> => new Blob([(await run(calls.readFile(file))) as never], options),
  watch: () => noWatch("fs.watch"),
  watchFile: () => noWatch("fs.watchFile"),
  unwatchFile: (): void => {},
  _toUnixTimestamp: (time: unknown): number => (time instanceof Date ? time.getTime() / 1000 : Number(time)),
});
