/**
 * The parts of Node.js that this folder uses. The platform declares globals of
 * its own for the same names, so @types/node would contradict it.
 */
declare module "node:async_hooks" {
  export class AsyncLocalStorage<T> {
    getStore(): T | undefined;
    enterWith(store: T): void;
    run<A extends unknown[], R>(store: T, fn: (...args: A) => R, ...args: A): R;
  }
  export class AsyncResource {}
}
declare module "node:fs" {
  export function readSync(fd: number, buffer: Uint8Array, offset: number, length: number): number;
  export function writeSync(fd: number, buffer: Uint8Array, offset?: number, length?: number, position?: number): number;
}
declare module "node:net" {
  export class Socket {
    constructor(options: { fd: number; readable: boolean; writable: boolean });
    readonly writableLength: number;
    on(event: "data", listener: (chunk: import("node:buffer").Buffer) => void): this;
    on(event: "close" | "end" | "error", listener: () => void): this;
    write(chunk: Uint8Array): boolean;
  }
}
declare module "node:buffer" {
  export class Buffer extends Uint8Array {
    static allocUnsafe(size: number): Buffer;
    static byteLength(text: string): number;
    static concat(list: Uint8Array[], total: number): Buffer;
    static from(text: string, encoding?: string): Buffer;
    static from(bytes: ArrayBufferLike, offset: number, length: number): Buffer;
    readUInt8(at: number): number;
    readUInt32LE(at: number): number;
    readDoubleLE(at: number): number;
    writeUInt8(value: number, at: number): number;
    writeUInt32LE(value: number, at: number): number;
    writeDoubleLE(value: number, at: number): number;
    write(text: string, at: number, encoding: "utf8"): number;
    toString(encoding?: string, from?: number, to?: number): string;
    override subarray(from?: number, to?: number): Buffer;
    override fill(value: number, from?: number, to?: number): this;
  }
  export const File: unknown;
}
declare module "node:vm" {
  export const constants: { USE_MAIN_CONTEXT_DEFAULT_LOADER?: unknown } | undefined;
  export function compileFunction(code: string, parameters: string[], options: { filename: string; importModuleDynamically?: unknown }): Function;
  export function runInNewContext(code: string): unknown;
}
declare module "node:v8" {
  export function getHeapStatistics(): { used_heap_size: number };
  export function setFlagsFromString(flags: string): void;
}
declare module "node:util" {
  export function inspect(value: unknown): string;
}
declare module "node:console" {
  export class Console {
    constructor(options: { stdout: unknown; stderr: unknown });
  }
}
declare module "node:crypto" {
  export const webcrypto: unknown;
}
declare module "node:module" {
  interface NodeRequire {
    (id: string): unknown;
    resolve(id: string): string;
  }
  const Module: {
    builtinModules: string[];
    isBuiltin?(id: string): boolean;
    createRequire(file: string): NodeRequire;
    _load(id: string, parent: unknown, isMain: boolean): unknown;
  };
  export default Module;
}
declare module "node:process" {
  const process: {
    env: Record<string, string | undefined>;
    execArgv: string[];
    argv: string[];
    exitCode?: number;
    stdout: { write: unknown };
    stderr: { write: unknown };
    cwd(): string;
    exit: (code?: number) => never;
    abort: () => never;
    reallyExit: (code?: number) => never;
    nextTick(fn: (...args: never[]) => void, ...args: unknown[]): void;
    listenerCount(event: string): number;
    listeners(event: string): ((...args: never[]) => void)[];
    on(event: string, listener: (error: never) => void): void;
    setSourceMapsEnabled?(on: boolean): void;
  };
  export default process;
}
