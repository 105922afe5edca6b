/** The connection to the development server, kept up for as long as the document lives. */
import type { BrowserMessage, ServerMessage } from "./protocol";

/** Waits before the first and later tries to connect again, in milliseconds. */
const firstWait = 250;
const longestWait = 5000;
const hiddenWait = 30_000;
/** Messages kept while there is no connection; the oldest goes first. */
const maxQueued = 50;

export interface Socket {
  send(message: BrowserMessage): void;
}

export interface SocketOptions {
  url: string;
  /** The connection is there, for the first time or again. */
  opened(): void;
  received(message: ServerMessage): void;
}

/** Connects now, and again whenever the connection is lost. */
export function connect({ url, opened, received }: SocketOptions): Socket {
  let socket: WebSocket | undefined;
  let wait = firstWait;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const queue: string[] = [];

  function open(): void {
    clearTimeout(timer);
    timer = undefined;
    let own: WebSocket;
    try {
      own = socket = new WebSocket(url);
    } catch {
      // A Content-Security-Policy may forbid it; that does not change.
      return;
    }
    own.onopen = () => {
      wait = firstWait;
      opened();
      for (const text of queue.splice(0)) own.send(text);
    };
    own.onmessage = (event) => {
      if (socket !== own || typeof event.data !== "string") return;
      received(JSON.parse(event.data) as ServerMessage);
    };
    own.onclose = () => {
      if (socket !== own) return;
      socket = undefined;
      // Nobody looks: hurry() connects as soon as somebody does.
      timer = setTimeout(open, document.visibilityState === "hidden" ? hiddenWait : wait);
      wait = Math.min(wait * 2, longestWait);
    };
  }

  /** Somebody looks at the page again, or the network is back: no reason to wait. */
  function hurry(): void {
    if (document.visibilityState === "hidden" || socket) return;
    wait = firstWait;
    open();
  }

  addEventListener("online", () => {
    // A connection from before may be dead without knowing it.
    const old = socket;
    socket = undefined;
    old?.close();
    hurry();
  });
  addEventListener("focus", hurry);
  addEventListener("pageshow", hurry);
  document.addEventListener("visibilitychange", hurry);
  open();
  return {
    send(message) {
      const text = JSON.stringify(message);
      if (socket?.readyState === WebSocket.OPEN) socket.send(text);
      else if (message.type === "log") {
        queue.push(text);
        if (queue.length > maxQueued) queue.shift();
      }
    },
  };
}
