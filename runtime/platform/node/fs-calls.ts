/**
 * Every fs function once: how its arguments become an operation of Go, and how
 * the answer becomes its result. The Sync, callback and promise forms of
 * node:fs are all made from these.
 */
import { codedError, invalidArgType, invalidArgValue, outOfRange, requireInteger } from "../errors";
import { normalizeEncoding } from "./buffer";
import { Dirent, Stats, constants, type RawStat } from "./fs-types";
import { fileURLToPath } from "./url";

/** What Go is asked, and what its answer means. */
export interface Request<T> {
  op: string;
  args: Record<string, unknown>;
  body?: Uint8Array;
  finish(answer: string | Uint8Array): T;
}

export type PathLike = string | URL | Uint8Array;
type Encoding = string | null | undefined;

export function pathOf(path: unknown, name = "path"): string {
  let text: string;
  if (typeof path === "string") text = path;
  else if (path instanceof Uint8Array) text = __native.decode(path, false);
  else if (path instanceof URL) text = fileURLToPath(path);
  else throw invalidArgType(name, ["string", "Buffer", "URL"], path);
  if (text.includes("\0")) throw invalidArgValue(name, text, "must be a string, Uint8Array, or URL without null bytes");
  return text;
}

interface Options {
  encoding?: Encoding;
  flag?: string | number;
  mode?: number | string;
  recursive?: boolean;
  force?: boolean;
  withFileTypes?: boolean;
  bigint?: boolean;
  throwIfNoEntry?: boolean;
  maxRetries?: number;
  retryDelay?: number;
  errorOnExist?: boolean;
  filter?: unknown;
}

/** Options that may be given as an encoding. */
export function optionsOf(options: unknown): Options {
  if (options === undefined || options === null || typeof options === "function") return {};
  if (typeof options === "string") return { encoding: options };
  if (typeof options !== "object") throw invalidArgType("options", ["string", "Object"], options);
  return options;
}

function checkEncoding(encoding: Encoding): Encoding {
  if (encoding && encoding !== "buffer" && !normalizeEncoding(encoding)) throw invalidArgValue("encoding", encoding, "is invalid encoding");
  return encoding;
}

const bytes = (answer: string | Uint8Array): Uint8Array => (typeof answer === "string" ? __native.encode(answer) : answer);
const toBuffer = (b: Uint8Array): Uint8Array => Buffer.from(b.buffer, b.byteOffset, b.byteLength);
const nothing = (): undefined => undefined;

function textOrBuffer(encoding: Encoding): (answer: string | Uint8Array) => string | Uint8Array {
  return (answer) => (encoding === "buffer" ? toBuffer(bytes(answer)) : String(answer));
}

function modeOf(mode: unknown, otherwise: number, name = "mode"): number {
  if (mode === undefined || mode === null) return otherwise;
  if (typeof mode === "string") {
    if (!/^[0-7]+$/.test(mode)) throw invalidArgValue(name, mode, "must be a 32-bit unsigned integer or an octal string");
    return parseInt(mode, 8);
  }
  requireInteger(mode, name, 0, 0xffffffff);
  return mode;
}

/** Flags given as a number become their letters. */
export function flagsOf(flags: unknown, otherwise: string): string {
  if (flags === undefined || flags === null) return otherwise;
  if (typeof flags === "string") return flags;
  if (typeof flags !== "number") throw invalidArgType("flags", ["string", "number"], flags);
  const x = flags & constants.O_EXCL ? "x" : "";
  if (flags & constants.O_APPEND) return `a${x}${flags & constants.O_RDWR ? "+" : ""}`;
  if (flags & constants.O_TRUNC || flags & constants.O_CREAT) return `w${x}${flags & constants.O_RDWR ? "+" : ""}`;
  return flags & (constants.O_RDWR | constants.O_WRONLY) ? "r+" : "r";
}

export function contentOf(data: unknown, encoding: Encoding): Uint8Array {
  if (typeof data === "string") return Buffer.from(data, (encoding as BufferEncoding) ?? "utf8");
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw invalidArgType("data", ["string", "Buffer", "TypedArray", "DataView"], data);
}

type BufferEncoding = string;

function fdOf(fd: unknown): number {
  const n = typeof fd === "object" && fd !== null ? (fd as { fd: unknown }).fd : fd;
  requireInteger(n, "fd", 0, 2147483647);
  return n;
}

const seconds = (time: unknown): number => (time instanceof Date ? time.getTime() / 1000 : Number(time));

export const calls = {
  readFile(path: unknown, options?: unknown): Request<string | Uint8Array> {
    const encoding = checkEncoding(optionsOf(options).encoding);
    return {
      op: "readFile", args: { path: pathOf(path) },
      finish: (answer) => {
        const content = toBuffer(bytes(answer));
        return encoding && encoding !== "buffer" ? (content as unknown as { toString(e: string): string }).toString(encoding) : content;
      },
    };
  },
  writeFile(path: unknown, data: unknown, options?: unknown): Request<undefined> {
    const o = optionsOf(options);
    return { op: "writeFile", args: { path: pathOf(path), flags: flagsOf(o.flag, "w"), mode: modeOf(o.mode, 0o666) }, body: contentOf(data, o.encoding), finish: nothing };
  },
  appendFile(path: unknown, data: unknown, options?: unknown): Request<undefined> {
    const o = optionsOf(options);
    return calls.writeFile(path, data, { ...o, flag: o.flag ?? "a" });
  },
  stat: (path: unknown, options?: unknown): Request<Stats> => stat(path, true, optionsOf(options)),
  lstat: (path: unknown, options?: unknown): Request<Stats> => stat(path, false, optionsOf(options)),
  readdir(path: unknown, options?: unknown): Request<(string | Uint8Array | Dirent)[]> {
    const o = optionsOf(options);
    checkEncoding(o.encoding);
    const dir = pathOf(path);
    return {
      op: "readdir", args: { path: dir, recursive: !!o.recursive },
      finish: (answer) => {
        const list = JSON.parse(answer as string) as { name: string; dir: string; kind: string }[];
        const name = (text: string): string | Uint8Array => (o.encoding === "buffer" ? Buffer.from(text) : text);
        if (!o.withFileTypes) return list.map((e) => name(e.dir ? `${e.dir}/${e.name}` : e.name));
        const base = dir.replace(/(?<=.)\/+$/, "");
        return list.map((e) => new Dirent(name(e.name), e.dir ? `${base}/${e.dir}` : dir, e.kind));
      },
    };
  },
  mkdir(path: unknown, options?: unknown): Request<string | undefined> {
    const o: Options = typeof options === "number" || typeof options === "string" ? { mode: options } : optionsOf(options);
    return {
      op: "mkdir", args: { path: pathOf(path), recursive: !!o.recursive, mode: modeOf(o.mode, 0o777) },
      finish: (answer) => (o.recursive && answer !== "" ? (answer as string) : undefined),
    };
  },
  mkdtemp(prefix: unknown, options?: unknown): Request<string | Uint8Array> {
    return { op: "mkdtemp", args: { path: pathOf(prefix, "prefix") }, finish: textOrBuffer(optionsOf(options).encoding) };
  },
  rm(path: unknown, options?: unknown): Request<undefined> {
    const o = optionsOf(options);
    return { op: "rm", args: { path: pathOf(path), recursive: !!o.recursive, force: !!o.force }, finish: nothing };
  },
  rmdir(path: unknown, options?: unknown): Request<undefined> {
    if (optionsOf(options).recursive) return { op: "rm", args: { path: pathOf(path), recursive: true, force: false }, finish: nothing };
    return simple("rmdir", path);
  },
  unlink: (path: unknown): Request<undefined> => simple("unlink", path),
  rename: (from: unknown, to: unknown): Request<undefined> => ({ op: "rename", args: { path: pathOf(from, "oldPath"), dest: pathOf(to, "newPath") }, finish: nothing }),
  link: (from: unknown, to: unknown): Request<undefined> => ({ op: "link", args: { path: pathOf(from, "existingPath"), dest: pathOf(to, "newPath") }, finish: nothing }),
  copyFile: (from: unknown, to: unknown, mode?: unknown): Request<undefined> => ({
    op: "copyFile", args: { path: pathOf(from, "src"), dest: pathOf(to, "dest"), exclusive: (modeOf(mode, 0) & 1) === 1 }, finish: nothing,
  }),
  symlink: (target: unknown, path: unknown): Request<undefined> => ({ op: "symlink", args: { path: pathOf(target, "target"), dest: pathOf(path) }, finish: nothing }),
  readlink: (path: unknown, options?: unknown): Request<string | Uint8Array> => ({ op: "readlink", args: { path: pathOf(path) }, finish: textOrBuffer(optionsOf(options).encoding) }),
  realpath: (path: unknown, options?: unknown, syscall?: string): Request<string | Uint8Array> => ({ op: "realpath", args: { path: pathOf(path), syscall }, finish: textOrBuffer(optionsOf(options).encoding) }),
  access: (path: unknown, mode?: unknown): Request<undefined> => ({ op: "access", args: { path: pathOf(path), mode: modeOf(mode, 0) }, finish: nothing }),
  chmod: (path: unknown, mode: unknown): Request<undefined> => ({ op: "chmod", args: { path: pathOf(path), mode: modeOf(mode, 0) }, finish: nothing }),
  chown: (path: unknown, uid: unknown, gid: unknown): Request<undefined> => ({ op: "chown", args: { path: pathOf(path), uid: Number(uid), gid: Number(gid) }, finish: nothing }),
  utimes: (path: unknown, atime: unknown, mtime: unknown): Request<undefined> => ({ op: "utimes", args: { path: pathOf(path), atime: seconds(atime), mtime: seconds(mtime) }, finish: nothing }),
  truncate: (path: unknown, length: unknown = 0): Request<undefined> => ({ op: "truncate", args: { path: pathOf(path), length: Math.max(0, Number(length) || 0) }, finish: nothing }),
  open: (path: unknown, flags?: unknown, mode?: unknown): Request<number> => ({
    op: "open", args: { path: pathOf(path), flags: flagsOf(flags, "r"), mode: modeOf(mode, 0o666) }, finish: (answer) => Number(answer),
  }),
  close: (fd: unknown): Request<undefined> => ({ op: "close", args: { fd: fdOf(fd) }, finish: nothing }),
  fstat: (fd: unknown, options?: unknown): Request<Stats> => ({
    op: "fstat", args: { fd: fdOf(fd) }, finish: (answer) => new Stats(JSON.parse(answer as string) as RawStat, optionsOf(options).bigint),
  }),
  ftruncate: (fd: unknown, length: unknown = 0): Request<undefined> => ({ op: "ftruncate", args: { fd: fdOf(fd), length: Math.max(0, Number(length) || 0) }, finish: nothing }),
  fsync: (fd: unknown): Request<undefined> => ({ op: "fsync", args: { fd: fdOf(fd) }, finish: nothing }),
  fdatasync: (fd: unknown): Request<undefined> => ({ op: "fsync", args: { fd: fdOf(fd) }, finish: nothing }),
  /** Bytes at a position; null means where the file is. */
  readAt: (fd: unknown, length: number, position: number | bigint | null): Request<Uint8Array> => ({
    op: "read", args: { fd: fdOf(fd), length, position: position === null || Number(position) < 0 ? -1 : Number(position) }, finish: bytes,
  }),
  writeAt: (fd: unknown, data: Uint8Array, position: number | null): Request<number> => ({
    op: "write", args: { fd: fdOf(fd), position: position === null ? -1 : position }, body: data, finish: (answer) => Number(answer),
  }),
};

function simple(op: string, path: unknown): Request<undefined> {
  return { op, args: { path: pathOf(path) }, finish: nothing };
}

function stat(path: unknown, follow: boolean, o: Options): Request<Stats> {
  return { op: "stat", args: { path: pathOf(path), follow }, finish: (answer) => new Stats(JSON.parse(answer as string) as RawStat, o.bigint) };
}

/** Where a read goes in a buffer: (buffer, offset, length, position) or one options object. */
export function readTarget(buffer: unknown, offset?: unknown, length?: unknown, position?: unknown): { into: Uint8Array; length: number; position: number | bigint | null } {
  if (buffer !== null && typeof buffer === "object" && !ArrayBuffer.isView(buffer)) {
    const o = buffer as { buffer?: unknown; offset?: unknown; length?: unknown; position?: unknown };
    return readTarget(o.buffer ?? Buffer.alloc(16384), o.offset, o.length, o.position);
  }
  if (!ArrayBuffer.isView(buffer)) throw invalidArgType("buffer", ["Buffer", "TypedArray", "DataView"], buffer);
  if (offset !== null && typeof offset === "object") {
    const o = offset as { offset?: unknown; length?: unknown; position?: unknown };
    return readTarget(buffer, o.offset, o.length, o.position);
  }
  const all = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  const from = offset === undefined || offset === null ? 0 : Number(offset);
  if (!(from >= 0 && from <= all.length)) throw outOfRange("offset", `>= 0 && <= ${all.length}`, offset);
  const count = length === undefined || length === null ? all.length - from : Number(length);
  if (!(count >= 0 && count <= all.length - from)) throw outOfRange("length", `>= 0 && <= ${all.length - from}`, length);
  return { into: all.subarray(from, from + count), length: count, position: position === undefined || position === null ? null : (position as number | bigint) };
}

export function noWatch(name: string): never {
  throw codedError("ERR_ONWARD_UNSUPPORTED", `${name} is not available: a built app's files do not change while it serves`);
}
