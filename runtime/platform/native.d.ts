/**
 * What the engine puts into the global scope before any script runs. The
 * implementation is internal/engine/v8/native.cc; the messages that post()
 * sends are those of messages.ts.
 */
interface Native {
  /** Queues a message for Go. It leaves, in order, when the present turn ends. */
  post(kind: number, id: number, text?: string, body?: string | Uint8Array, n?: number): void;
  /**
   * Calls a synchronous host operation. Answers a Uint8Array when the
   * operation has a body, else a string. Throws an Error with `code`.
   */
  call(op: string, text: string, body?: Uint8Array): string | Uint8Array;
  /**
   * Compiles the CommonJS module at an absolute path with the parameters
   * (exports, require, module, __filename, __dirname); undefined when the
   * engine's Load does not know the path. Throws SyntaxError.
   */
  compile(path: string): Function | undefined;
  /** Source text of the module at an absolute path; undefined when the engine's Load does not know it. */
  source(path: string): string | undefined;
  /** Runs promise reactions until none is left. */
  runMicrotasks(): void;
  /** The value that V8 carries across await and promise reactions. */
  getContinuation(): unknown;
  setContinuation(value: unknown): void;
  /** Monotonic milliseconds with fraction. */
  now(): number;
  /** [state, result]: 0 pending, 1 fulfilled, 2 rejected. */
  promiseState(p: Promise<unknown>): [number, unknown];
  /** [target, handler] of a Proxy, or undefined. */
  proxyDetails(v: unknown): [unknown, unknown] | undefined;
  /** Entries of a Map/Set iterator or weak collection without advancing it. */
  previewEntries(v: object): unknown[] | undefined;
  /** Name of the constructor that made the object. */
  constructorName(v: object): string;
  /** {used, total, limit, external} bytes. */
  heap(): { used: number; total: number; limit: number; external: number };
  /** UTF-8 bytes of a string, and back (`fatal` throws TypeError on bad input). */
  encode(text: string): Uint8Array;
  decode(bytes: Uint8Array, fatal: boolean): string;
  /** latin1 / hex / base64 / base64url / utf16le both ways, for Buffer. */
  bytesToString(bytes: Uint8Array, encoding: string): string;
  stringToBytes(text: string, encoding: string): Uint8Array;
  /** JSON-safe structured clone of data (Map, Set, Date, typed arrays ...), without transfer. */
  structuredClone(v: unknown): unknown;
}
declare const __native: Native;
