/**
 * The border to Go, in a process of its own: messages over a socket, synchronous
 * questions over a second one, and a slate that Go reads when this process no
 * longer answers. Go's half is internal/engine/node.
 *
 * A message is a header of 24 bytes (kind, flags, id, n, length of text, length of
 * body), its text in UTF-8, its body, and padding to 8 bytes; numbers are
 * little-endian.
 */
import { Buffer } from "node:buffer";
import { readSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import process from "node:process";
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { In, Out } from "../platform/messages";

/** The file descriptors that Go hands over. */
const messagesFD = 3;
const questionsFD = 4;
const slateFD = 5;

const headerSize = 24;
const hasText = 1;
const hasBody = 2;
/** How much may be posted in one turn before it leaves. */
const flushAt = 256 << 10;

const exit = process.reallyExit.bind(process);
const later = setImmediate;

export type Dispatch = (kind: number, id: number, text: string | undefined, body: Uint8Array | undefined, n: number) => void;

interface Message {
  kind: number;
  id: number;
  n: number;
  text: string | undefined;
  body: Uint8Array | undefined;
}

function padded(size: number): number {
  return (size + 7) & ~7;
}

/** Writes one message into buffer at a place with room for it; returns where it ends. */
function encode(buffer: Buffer, at: number, kind: number, id: number, n: number, text: string | undefined, textSize: number, body: Uint8Array | undefined): number {
  const bodySize = body?.byteLength ?? 0;
  buffer.writeUInt32LE(kind | ((text === undefined ? 0 : hasText) | (body ? hasBody : 0)) << 8, at);
  buffer.writeUInt32LE(id, at + 4);
  buffer.writeDoubleLE(n, at + 8);
  buffer.writeUInt32LE(textSize, at + 16);
  buffer.writeUInt32LE(bodySize, at + 20);
  let end = at + headerSize;
  if (textSize > 0) end += buffer.write(text!, end, "utf8");
  if (body) {
    buffer.set(body, end);
    end += bodySize;
  }
  const stop = at + padded(headerSize + textSize + bodySize);
  buffer.fill(0, end, stop);
  return stop;
}

/** Reads the message at a place of buffer, which holds all of it. */
function decode(buffer: Buffer, at: number): Message {
  const flags = buffer.readUInt8(at + 1);
  const textEnd = at + headerSize + buffer.readUInt32LE(at + 16);
  const bodyEnd = textEnd + buffer.readUInt32LE(at + 20);
  let body: Uint8Array | undefined;
  if (flags & hasBody) {
    // A copy: what was received is large and may be needed for long.
    body = new Uint8Array(bodyEnd - textEnd);
    body.set(buffer.subarray(textEnd, bodyEnd));
  }
  return {
    kind: buffer.readUInt8(at),
    id: buffer.readUInt32LE(at + 4),
    n: buffer.readDoubleLE(at + 8),
    text: flags & hasText ? buffer.toString("utf8", at + headerSize, textEnd) : undefined,
    body,
  };
}

/** The bytes that the message beginning at a place of buffer takes; its header must be there. */
function sizeOf(buffer: Buffer, at: number): number {
  return padded(headerSize + buffer.readUInt32LE(at + 16) + buffer.readUInt32LE(at + 20));
}

// Out: posts gather in one buffer, which leaves when the turn has ended.

let out = Buffer.allocUnsafe(16 << 10);
let used = 0;

function room(size: number): void {
  if (used + size <= out.byteLength) return;
  const larger = Buffer.allocUnsafe(Math.max(used + size, out.byteLength * 2));
  larger.set(out.subarray(0, used));
  out = larger;
}

export function post(kind: number, id: number, text?: string, body?: string | Uint8Array, n?: number): void {
  const bytes = typeof body === "string" ? Buffer.from(body, "utf8") : body;
  const textSize = text === undefined ? 0 : Buffer.byteLength(text);
  room(padded(headerSize + textSize + (bytes?.byteLength ?? 0)));
  used = encode(out, used, kind, id, n ?? 0, text, textSize, bytes);
  if (used >= flushAt) flush();
  else schedule();
}

function flush(): void {
  if (used === 0) return;
  socket.write(out.subarray(0, used));
  used = 0;
  // What the kernel took at once left the buffer free.
  if (socket.writableLength > 0 || out.byteLength > 1 << 20) out = Buffer.allocUnsafe(16 << 10);
}

// In: one message per turn of the event loop, so that each has its own ticks and
// promise reactions, as in the other engine.

const inbox: Message[] = [];
let next = 0;
let scheduled = false;
let dispatch: Dispatch = () => {};

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  later(turn);
}

function turn(): void {
  scheduled = false;
  mark(0);
  flush();
  const message = inbox[next];
  if (!message) return;
  inbox[next++] = undefined as never;
  if (next === inbox.length) {
    inbox.length = 0;
    next = 0;
  } else if (next > 256) {
    inbox.splice(0, next);
    next = 0;
  }
  schedule();
  switch (message.kind) {
    case In.Ping:
      return post(Out.Pong, 0, undefined, undefined, getHeapStatistics().used_heap_size);
    case In.Collect:
      collect();
      return;
    case In.Job:
      begun = message.id;
      mark(message.id);
      post(Out.Begun, message.id);
  }
  dispatch(message.kind, message.id, message.text, message.body, message.n);
}

// The slate: which Jobs have begun, and whose first turn runs now. Writing to it
// costs a microsecond and nobody has to be awake to receive it.

const slate = new Uint32Array(2);
const slateBytes = new Uint8Array(slate.buffer);
let begun = 0;

function mark(running: number): void {
  if (slate[0] === begun && slate[1] === running) return;
  slate[0] = begun;
  slate[1] = running;
  writeSync(slateFD, slateBytes, 0, 8, 0);
}

let gc: (() => void) | undefined;

/** Collects the heap: Node.js by itself waits until it is short of memory. */
function collect(): void {
  if (!gc) {
    setFlagsFromString("--expose-gc");
    gc = runInNewContext("gc") as () => void;
  }
  gc();
}

const socket = new Socket({ fd: messagesFD, readable: true, writable: true });

/** Begins to receive messages. */
export function open(receive: Dispatch): void {
  dispatch = receive;
  // What was received and is not a whole message yet.
  let parts: Buffer[] = [];
  let size = 0;
  let wanted = headerSize;
  socket.on("data", (chunk) => {
    parts.push(chunk);
    size += chunk.byteLength;
    if (size < wanted) return;
    const buffer = parts.length === 1 ? parts[0]! : Buffer.concat(parts, size);
    let at = 0;
    wanted = headerSize;
    while (size - at >= headerSize) {
      const whole = sizeOf(buffer, at);
      if (size - at < whole) {
        wanted = whole;
        break;
      }
      inbox.push(decode(buffer, at));
      at += whole;
    }
    parts = at < size ? [buffer.subarray(at)] : [];
    size -= at;
    if (inbox.length > 0) schedule();
  });
  // Go has closed its end, or is gone.
  socket.on("end", () => exit(0));
  socket.on("error", () => exit(0));
  socket.on("close", () => exit(0));
}

// Questions: Go answers while this process waits.

const enum Question {
  Call = 1,
  Load = 2,
}

const enum Answer {
  None = 0,
  Text = 1,
  Body = 2,
  Error = 3,
}

function ask(kind: Question, text: string, body?: Uint8Array): Message {
  const textSize = Buffer.byteLength(text);
  const request = Buffer.allocUnsafe(padded(headerSize + textSize + (body?.byteLength ?? 0)));
  const end = encode(request, 0, kind, 0, 0, text, textSize, body);
  for (let at = 0; at < end; ) at += writeSync(questionsFD, request, at, end - at);
  const head = receive(headerSize);
  const rest = sizeOf(head, 0) - headerSize;
  const answer = decode(rest > 0 ? Buffer.concat([head, receive(rest)], headerSize + rest) : head, 0);
  if (answer.kind === Answer.Error) {
    const { message, ...fields } = JSON.parse(answer.text!) as { message: string };
    throw Object.assign(new Error(message), fields);
  }
  return answer;
}

function receive(size: number): Buffer {
  const buffer = Buffer.allocUnsafe(size);
  for (let at = 0; at < size; ) {
    const n = readSync(questionsFD, buffer, at, size - at);
    if (n === 0) exit(0); // Go is gone
    at += n;
  }
  return buffer;
}

/** A synchronous host operation. */
export function call(op: string, text: string, body?: Uint8Array): string | Uint8Array {
  const answer = ask(Question.Call, `${op}\n${text}`, body);
  return answer.body ?? answer.text ?? "";
}

/** The source of the module at an absolute path; undefined when Go does not know it. */
export function source(path: string): string | undefined {
  const answer = ask(Question.Load, path);
  return answer.kind === Answer.None ? undefined : answer.text ?? "";
}
