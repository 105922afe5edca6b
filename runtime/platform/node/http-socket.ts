/**
 * What a client request of node:http shows as its socket. The connection is in
 * Go and outlives the request; this carries the request's time limit, its end, and
 * what packages set on sockets without needing an effect.
 */
import { EventEmitter } from "./events";

export class ClientSocket extends EventEmitter {
  readonly connecting = false;
  readonly pending = false;
  readonly readyState = "open";
  readonly readable = true;
  readonly writable = true;
  readonly bytesRead = 0;
  readonly bytesWritten = 0;
  readonly remoteAddress = undefined;
  readonly remotePort = undefined;
  readonly localAddress = undefined;
  readonly localPort = undefined;
  /** Set for https only, as with a TLSSocket. */
  readonly encrypted: true | undefined;
  readonly authorized: boolean;
  destroyed = false;
  timeout = 0;
  #timer: unknown;
  readonly #end: (error?: Error) => void;

  /** end gives the request up. */
  constructor(secure: boolean, end: (error?: Error) => void) {
    super();
    this.encrypted = secure || undefined;
    this.authorized = secure;
    this.#end = end;
  }
  /** Emits "timeout" after ms milliseconds; the request goes on. 0 turns it off. */
  setTimeout(ms: number, callback?: () => void): this {
    clearTimeout(this.#timer as never);
    this.timeout = ms;
    if (callback && ms > 0) this.once("timeout", callback);
    else if (callback) this.removeListener("timeout", callback);
    if (ms > 0) {
      const timer: unknown = setTimeout(() => this.emit("timeout"), ms);
      (timer as { unref?(): void }).unref?.();
      this.#timer = timer;
    }
    return this;
  }
  destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.release();
    this.destroyed = true;
    this.#end(error);
    return this;
  }
  /** The request is over: nothing is left to wait for. */
  release(): void {
    clearTimeout(this.#timer as never);
  }
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  address(): object {
    return {};
  }
}
