/** fetch over Go's net/http, and of data: and blob: URLs. */
import type { AbortSignal } from "./abort";
import { Blob, resolveObjectURL } from "./blob";
import { Body, type BodySource } from "./body";
import { Headers } from "./headers";
import { Request, type RequestInit } from "./request";
import { Response } from "./response";
import { ReadableStream, type ReadableStreamDefaultController } from "./streams";
import type { URL } from "./url";
import { percentDecodeToString } from "./url-parser";
import { hostStream } from "../loop";

/** First message of the "fetch" operation. */
export interface FetchHead {
  status: number;
  statusText: string;
  headers: string[];
  url: string;
  redirected: boolean;
  /** No body follows (HEAD, 204, 304). */
  empty: boolean;
}

/** Arguments of the "fetch" operation. */
export interface FetchArguments {
  url: string;
  method: string;
  headers: string[];
  redirect: "follow" | "error" | "manual";
  /** Undo content-encoding and announce it, as fetch does; http.request does not. */
  decode: boolean;
  body: "none" | "whole" | "stream";
  /** Milliseconds to the response head; 0: the default. */
  timeout?: number;
  rejectUnauthorized?: boolean;
  ca?: string;
}

/** Bytes a response may be ahead of its reader. */
const highWater = 262_144;

export async function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  if (arguments.length === 0) throw new TypeError("fetch: 1 argument required, but only 0 present.");
  const request = new Request(input, init);
  const signal = request.signal;
  signal.throwIfAborted();
  const url = request.url;
  const scheme = url.slice(0, url.indexOf(":"));
  if (scheme === "data") return fetchData(url);
  if (scheme === "blob") return fetchBlob(url);
  if (scheme !== "http" && scheme !== "https") {
    throw new TypeError("fetch failed", { cause: new Error(scheme === "about" ? "about scheme is not supported" : "unknown scheme") });
  }
  const source = Body.take(request);
  try {
    const { head, stream } = await exchange(
      {
        url,
        method: request.method,
        headers: Headers.toFlat(request.headers),
        redirect: request.redirect as FetchArguments["redirect"],
        decode: true,
        body: source === null ? "none" : source instanceof ReadableStream ? "stream" : "whole",
      },
      source,
      signal,
    );
    return Response.make(
      {
        type: "basic", url: head.url, redirected: head.redirected, status: head.status,
        statusText: head.statusText, headers: Headers.fromFlat(head.headers, true),
      },
      head.empty ? null : stream,
    );
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof TypeError) throw error;
    throw new TypeError("fetch failed", { cause: error });
  }
}

/** Sends a request through Go and resolves when the head of the response is known. */
export function exchange(args: FetchArguments, source: BodySource, signal?: AbortSignal): Promise<{ head: FetchHead; stream: ReadableStream<Uint8Array> }> {
  return new Promise((resolve, reject) => {
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    let wanted: (() => void) | undefined;
    let settled = false;
    const whole = source === null || source instanceof ReadableStream ? undefined : typeof source === "string" ? __native.encode(source) : source instanceof Blob ? Blob.bytes(source) : source;
    const op = hostStream("fetch", JSON.stringify(args), {
      body: whole,
      onData(text, chunk) {
        if (!controller) {
          const head = JSON.parse(text!) as FetchHead;
          const stream = new ReadableStream<Uint8Array>(
            {
              start: (c) => void (controller = c),
              pull() {
                wanted?.();
                wanted = undefined;
              },
              cancel() {
                settled = true;
                op.cancel();
              },
            },
            { highWaterMark: highWater, size: (c) => c.byteLength },
          );
          resolve({ head, stream });
          return undefined;
        }
        if (!chunk || settled) return undefined;
        controller.enqueue(chunk);
        // Not answering holds back the credit, so that Go stops reading the socket.
        if ((controller.desiredSize ?? 1) <= 0) return new Promise<void>((go) => (wanted = go));
        return undefined;
      },
    });
    const onAbort = (): void => {
      if (settled) return;
      settled = true;
      op.cancel();
      reject(signal!.reason);
      controller?.error(signal!.reason);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    op.done.then(
      () => {
        signal?.removeEventListener("abort", onAbort);
        if (!settled) controller?.close();
        settled = true;
      },
      (error: unknown) => {
        signal?.removeEventListener("abort", onAbort);
        if (settled) return;
        settled = true;
        reject(error);
        controller?.error(new TypeError("terminated", { cause: error }));
      },
    );
    if (source instanceof ReadableStream) {
      void sendStream(source, op).catch((error: unknown) => {
        if (settled) return;
        settled = true;
        op.cancel();
        reject(error);
        controller?.error(error);
      });
    }
  });
}

async function sendStream(source: ReadableStream<Uint8Array>, op: ReturnType<typeof hostStream>): Promise<void> {
  const reader = source.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!(value instanceof Uint8Array)) throw new TypeError("Received non-Uint8Array chunk");
    await op.write(value);
  }
  op.end();
}

function fetchData(url: string): Response {
  const comma = url.indexOf(",");
  if (comma < 0) throw new TypeError("fetch failed", { cause: new Error("invalid data: URL") });
  let type = url.slice(5, comma).trim();
  const hash = url.indexOf("#", comma);
  const content = percentDecodeBytes(url.slice(comma + 1, hash < 0 ? undefined : hash));
  const base64 = /;\s*base64$/i.test(type);
  if (base64) type = type.replace(/;\s*base64$/i, "");
  if (type.startsWith(";")) type = "text/plain" + type;
  if (type === "") type = "text/plain;charset=US-ASCII";
  const bytes = base64 ? __native.stringToBytes(atob(__native.bytesToString(content, "latin1")), "latin1") : content;
  return Response.make(
    { type: "basic", url, redirected: false, status: 200, statusText: "OK", headers: Headers.fromFlat(["content-type", percentDecodeToString(type)], true) },
    bytes,
  );
}

function percentDecodeBytes(text: string): Uint8Array {
  const bytes = __native.encode(text);
  let to = 0;
  for (let i = 0; i < bytes.length; i++) {
    const pair = bytes[i] === 37 ? parseInt(text.slice(i + 1, i + 3), 16) : NaN;
    if (bytes[i] === 37 && /^[0-9a-fA-F]{2}$/.test(text.slice(i + 1, i + 3))) {
      bytes[to++] = pair;
      i += 2;
    } else bytes[to++] = bytes[i]!;
  }
  return bytes.subarray(0, to);
}

function fetchBlob(url: string): Response {
  const blob = resolveObjectURL(url);
  if (!blob) throw new TypeError("fetch failed", { cause: new Error("no blob is registered under this URL") });
  const headers = Headers.fromFlat(["content-length", String(blob.size), "content-type", blob.type], true);
  return Response.make({ type: "basic", url, redirected: false, status: 200, statusText: "OK", headers }, blob);
}
