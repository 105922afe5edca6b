/**
 * The messages that cross the border between Go and JavaScript. The Go half is
 * internal/engine/pool/message.go; the numbers here and there must agree.
 *
 * A message is (kind, id, text, body, n); unused places are undefined or 0.
 * Jobs are numbered by Go, operations by JavaScript; the two are independent.
 */

/** Go to JavaScript: the engine calls globalThis.__dispatch(kind, id, text, body, n). */
export const enum In {
  /** text: boot JSON; once, before any Job. */
  Boot = 1,
  /** id, text: name + "\n" + input JSON, body: whole body, n: 1 when a body streams in. */
  Job = 2,
  /** id, body: a chunk of the Job's streaming body. */
  Body = 3,
  /** id, text: error message, if the body broke off. */
  BodyEnd = 4,
  /** id: the caller has gone. */
  Abort = 5,
  /** id, n: bytes of the reply stream that were taken. */
  Credit = 6,
  /** id of an operation, text or body: its answer. */
  Result = 7,
  /** id of an operation, text: {code, message, ...}. */
  Failure = 8,
  /** id of an operation, text and/or body: a chunk of its stream. */
  Data = 9,
  /** The time asked for by Out.Wake has come. */
  Wake = 10,
  /** text: a flat list [event, promise, reason, context, ...] of rejections; event 0: nobody handles it, 1: now somebody does. */
  Rejections = 11,
  /** id of an operation, n: bytes of what JavaScript streams into it that were taken. */
  OpCredit = 12,
  /** Processes only: Out.Pong is to follow at once. */
  Ping = 13,
  /** Processes only: nothing else is to be done, so the heap may be collected. */
  Collect = 14,
}

/** JavaScript to Go, through __native.post(). */
export const enum Out {
  /** Boot is done (text: error message when it failed). */
  Ready = 1,
  /** id, text: meta JSON, body: whole body. */
  Reply = 2,
  /** id, text: meta JSON; a stream follows. */
  Head = 3,
  /** id, body. */
  Chunk = 4,
  /** id. */
  End = 5,
  /** id, text: {name, message, stack, detail}; before or after Head. */
  Fail = 6,
  /** id, n: bytes of the Job's body that JavaScript will take (credit). */
  Pull = 7,
  /** id of a new operation, text: name + "\n" + arguments, body, n: 1 when JavaScript will stream into it. */
  Op = 8,
  /** id of an operation, body: a chunk into it. */
  OpData = 9,
  /** id of an operation: no more chunks into it. */
  OpEnd = 10,
  /** id of an operation. */
  OpCancel = 11,
  /** id of an operation, n: bytes of its Data that were taken (credit). */
  OpPull = 12,
  /** n: milliseconds from now (replaces the time asked for before; negative: none). */
  Wake = 13,
  /** n: 0 debug, 1 info, 2 log, 3 warn, 4 error; text. */
  Console = 14,
  /** Processes only. n: bytes of heap in use. */
  Pong = 15,
  /** Processes only. id: this Job and all that came before it have begun. */
  Begun = 16,
}
