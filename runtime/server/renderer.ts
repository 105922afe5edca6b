/**
 * React elements → HTML string.
 *
 * Next.js waits for the whole page before it sends anything, so nothing has to
 * stream: what matters is the cost of making one string. React's synchronous
 * renderer is the fastest by far (1,000 rows: 3.8 ms, against 5.3 ms for the
 * string-writing build, 8.9 ms for the Node.js one and 22 ms for the web stream
 * one) but cannot wait for a suspended component and treats boundaries
 * differently. So it goes first, and a page that turns out to have a boundary
 * or to suspend is rendered by the full renderer from then on.
 */
import * as React from "react";
import type { ReactElement } from "react";

interface PipeTarget {
  write(chunk: string | Uint8Array): boolean;
  end(): void;
  destroy(error?: unknown): void;
  on(): void;
}
interface ErrorInfo {
  componentStack?: string;
}
interface FullRenderer {
  renderToPipeableStream(
    element: ReactElement,
    options: { onAllReady(): void; onShellError(error: unknown): void; onError(error: unknown, info?: ErrorInfo): void },
  ): { pipe(target: PipeTarget): void; abort(reason?: unknown): void };
  renderToString(element: ReactElement): string;
}

declare const require: (name: string) => any;
declare const process: { env: { NODE_ENV?: string } };

if (process.env.NODE_ENV !== "production") {
  // Lines of the log tell who made the element that React is at work on: platform/where.ts.
  Object.assign(globalThis, { [Symbol.for("onward.owner")]: React.captureOwnerStack });
}

/** The build that writes strings; React 18 has none. */
const strings = once((): Partial<FullRenderer> | undefined => {
  try {
    return require("react-dom/server.bun") as Partial<FullRenderer>;
  } catch (error) {
    // Anything but its absence is worth hearing of.
    if (!/Cannot find module|Dynamic require/.test(String((error as { message?: unknown }).message))) throw error;
    return undefined;
  }
});
const node = once(() => require("react-dom/server.node") as FullRenderer);

const synchronous = once(() => (strings() ?? node()) as Pick<FullRenderer, "renderToString">);
/** Before React 19.3 the string build writes to Bun's own streams only: then the Node.js build serves. */
const full = once(() => (strings()?.renderToPipeableStream ? (strings() as FullRenderer) : node()));

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/**
 * Whether rendering may be tried while a snapshot is made: V8 does not restore
 * React's Node.js build from one.
 */
export function canRehearse(): boolean {
  return strings() !== undefined;
}

/** Renders what never suspends (the document). */
export function renderSync(element: ReactElement): string {
  return synchronous().renderToString(element);
}

/**
 * Renders a page. `memory.suspends` is read and set, so that the synchronous
 * attempt is only made where it can succeed. Throws what the page throws. In
 * development only the full renderer can tell which component it came from.
 */
export function render(element: () => ReactElement, memory: { suspends: boolean }): string | Promise<string> {
  if (process.env.NODE_ENV === "production" && !memory.suspends) {
    try {
      const html = synchronous().renderToString(element());
      if (!html.includes("<!--$")) return html;
    } catch (error) {
      if (!isSuspension(error)) throw error;
    }
    memory.suspends = true;
  }
  return renderFully(element());
}

/** React's complaint that a component outside of every boundary suspended in a synchronous render. */
function isSuspension(error: unknown): boolean {
  const message = (error as { message?: unknown } | null)?.message;
  return (
    typeof message === "string" &&
    (message.includes("React error #426") || message.includes("suspended while responding to synchronous input"))
  );
}

function renderFully(element: ReactElement): Promise<string> {
  return new Promise((resolve, reject) => {
    let html = "";
    let fatal: unknown;
    let decoder: TextDecoder | undefined;
    const stream = full().renderToPipeableStream(element, {
      onAllReady() {
        stream.pipe({
          write(chunk) {
            html += typeof chunk === "string" ? chunk : (decoder ??= new TextDecoder()).decode(chunk, { stream: true });
            return true;
          },
          end: () => resolve(decoder ? html + decoder.decode() : html),
          destroy: reject,
          on() {},
        });
      },
      onShellError(error) {
        fatal = error;
        reject(error);
      },
      onError(error, info) {
        if (process.env.NODE_ENV !== "production") addPlace(error, info);
        // A failure of the shell fails the request and is logged there; one
        // inside a boundary is left to the browser and would go unseen here.
        queueMicrotask(() => {
          if (fatal !== error) console.error(error);
        });
      },
    });
  });
}

/**
 * Completes an error with the elements that it came from: packages throw far away from the app's own code. Called
 * while React still knows which component it renders.
 */
function addPlace(error: unknown, info: ErrorInfo | undefined): void {
  if (!(error instanceof Error) || Object.isFrozen(error)) return;
  const { captureOwnerStack } = React as { captureOwnerStack?: () => string | null };
  const owners = captureOwnerStack?.();
  const known = error.stack ?? "";
  if (owners) error.stack = known + owners.split("\n").filter((line) => line.trim() && !known.includes(line.trim())).map((line) => `\n${line}`).join("");
  if (info?.componentStack && !("componentStack" in error)) Object.assign(error, { componentStack: info.componentStack });
}
