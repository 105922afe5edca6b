/**
 * What the engine puts into the global scope before any script runs, and the
 * messages that cross the border. The Go half is internal/engine/v8/loop.go;
 * the numbers here and there must agree.
 *
 * A message is (kind, id, text, body, n); unused places are undefined or 0.
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

/** Go to JavaScript: `__native` calls globalThis.__dispatch(kind, id, text, body, n). */
declare const enum In {
  Boot = 1, //        text: boot JSON; once, before any Job
  Job = 2, //         id, text: name + "\n" + input JSON, body: whole body, n: 1 when a body streams in
  Body = 3, //        id, body: a chunk of the Job's streaming body
  BodyEnd = 4, //     id, text: error message, if the body broke off
  Abort = 5, //       id: the caller has gone
  Credit = 6, //      id, n: bytes of the reply stream that were taken
  Result = 7, //      id of an operation, text or body: its answer
  Failure = 8, //     id of an operation, text: {code, message, ...}
  Data = 9, //        id of an operation, text and/or body: a chunk of its stream
  Wake = 10, //       the time asked for by Out.Wake has come
}
/** JavaScript to Go, through post(). */
declare const enum Out {
  Ready = 1, //       boot is done (text: error message when it failed)
  Reply = 2, //       id, text: meta JSON, body: whole body
  Head = 3, //        id, text: meta JSON; a stream follows
  Chunk = 4, //       id, body
  End = 5, //         id
  Fail = 6, //        id, text: {name, message, stack, ...detail}; before or after Head
  Pull = 7, //        id, n: bytes of the Job's body that JavaScript took (credit)
  Op = 8, //          id of a new operation, text: name + "\n" + arguments, body, n: 1 when JavaScript will stream into it
  OpData = 9, //      id of an operation, body: a chunk into it
  OpEnd = 10, //      id of an operation: no more chunks into it
  OpCancel = 11, //   id of an operation
  OpPull = 12, //     id of an operation, n: bytes of its Data that were taken (credit)
  Wake = 13, //       n: milliseconds from now (replaces the time asked for before; negative: none)
  Console = 14, //    n: 0 debug, 1 info, 2 log, 3 warn, 4 error; text
}
