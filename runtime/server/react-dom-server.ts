/**
 * `react-dom/server` for user code, under all its names. React has one build of
 * it per host, each with its own idea of a stream; here all names give the
 * Node.js build, with the web stream function added where that build lacks it
 * (before React 19.2). One build instead of four keeps 600 KB of source out of
 * every worker.
 */
import type { ReactElement } from "react";

declare const require: (path: string) => any;

interface RenderOptions {
  signal?: AbortSignal;
  onError?(error: unknown): unknown;
  [option: string]: unknown;
}
interface Pipeable {
  pipe(target: object): void;
  abort(reason?: unknown): void;
}
type RenderToPipeableStream = (element: ReactElement, options: object) => Pipeable;

type ReactStream = ReadableStream<Uint8Array> & { allReady: Promise<void> };

/** What `require("react-dom/server")` gives, and its .node, .edge and .browser forms. */
export function reactDomServer(): Record<string, unknown> {
  const node = require("react-dom/server.node") as Record<string, unknown>;
  if (node.renderToReadableStream) return node;
  const pipeable = node.renderToPipeableStream as RenderToPipeableStream;
  return {
    ...node,
    renderToReadableStream: (element: ReactElement, options?: RenderOptions) => toReadable(pipeable, element, options ?? {}),
  };
}

/** renderToReadableStream by means of renderToPipeableStream: resolves when the shell is ready. */
function toReadable(render: RenderToPipeableStream, element: ReactElement, { signal, ...options }: RenderOptions): Promise<ReactStream> {
  return new Promise((resolve, reject) => {
    const all = Promise.withResolvers<void>();
    const rendering = render(element, {
      ...options,
      onShellReady: () => resolve(Object.assign(readable(rendering), { allReady: all.promise })),
      onAllReady: () => all.resolve(),
      onShellError(error: unknown) {
        all.promise.catch(() => {});
        all.reject(error);
        reject(error);
      },
    });
    if (signal?.aborted) rendering.abort(signal.reason);
    else signal?.addEventListener("abort", () => rendering.abort(signal.reason), { once: true });
  });
}

/** React writes ahead until the reader's queue is full, then waits for "drain". */
function readable(rendering: Pipeable): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let drain: (() => void) | undefined;
  let begun = false;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (begun) return drain?.();
        begun = true;
        rendering.pipe({
          write(chunk: string | Uint8Array) {
            controller.enqueue(typeof chunk === "string" ? encoder.encode(chunk) : chunk.slice());
            return (controller.desiredSize ?? 0) > 0;
          },
          end: () => controller.close(),
          destroy: (error?: unknown) => controller.error(error),
          on(event: string, listener: () => void) {
            if (event === "drain") drain = listener;
          },
        });
      },
      cancel: (reason) => rendering.abort(reason),
    },
    { highWaterMark: 0 },
  );
}
