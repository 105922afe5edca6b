/**
 * The platform: puts Web and Node.js globals into place and registers the
 * node: modules. It runs inside a start-up snapshot, so nothing here may ask
 * Go for time, environment or randomness; `startProcess` does, at boot.
 */
import { onBoot } from "./loop";
import { console } from "./console";
import { process, startProcess } from "./process";
import { Buffer } from "./node/buffer";
import { named, registerBuiltins } from "./builtins";
import { AbortController, AbortSignal } from "./web/abort";
import { Blob, File } from "./web/blob";
import { Crypto, crypto } from "./web/crypto";
import { DOMException } from "./web/dom-exception";
import { TextDecoder, TextEncoder, atob, btoa } from "./web/encoding";
import { CustomEvent, ErrorEvent, Event, EventTarget, MessageEvent } from "./web/event-target";
import { fetch } from "./web/fetch";
import { FormData } from "./web/form-data";
import { Headers } from "./web/headers";
import { BroadcastChannel, MessageChannel, MessagePort, structuredClone } from "./web/messaging";
import { Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, performance } from "./web/performance";
import { Request } from "./web/request";
import { Response } from "./web/response";
import * as streams from "./web/streams";
import { URL, URLSearchParams } from "./web/url";

// The server runtime reaches the loop, the registry and contexts through here,
// so that there is one copy of each.
export * from "./loop";
export * from "./als";
export * from "./module";
export { flatHeaders, incoming, takeBody, type RequestHead } from "./web/serve";

declare const require: (path: string) => unknown;

function define(values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(named(values) as typeof values)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
}

const { readAll: _readAll, join: _join, ...publicStreams } = streams;

class Navigator {
  get userAgent(): string { return `Node.js/${process.versions.node.split(".")[0]}`; }
  get language(): string { return "en-US"; }
  get languages(): readonly string[] { return Object.freeze(["en-US"]); }
  get platform(): string { return process.platform; }
  get hardwareConcurrency(): number {
    return (JSON.parse(__native.call("os.info", "") as string) as { cpus: number }).cpus;
  }
}

define({
  global: globalThis,
  console, process, Buffer,
  AbortController, AbortSignal, Blob, File, Crypto, crypto, DOMException, TextDecoder, TextEncoder, atob, btoa,
  CustomEvent, ErrorEvent, Event, EventTarget, MessageEvent, fetch, FormData, Headers, BroadcastChannel, MessageChannel,
  MessagePort, structuredClone, Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, performance, Request,
  Response, URL, URLSearchParams, Navigator, navigator: new Navigator(),
  ...publicStreams,
});

/** Globals that cost something to make, and that few programs use. */
function defineLazily(name: string, make: () => unknown): void {
  Object.defineProperty(globalThis, name, {
    configurable: true,
    enumerable: false,
    get() {
      const value = make();
      define({ [name]: value });
      return value;
    },
    set: (value: unknown) => define({ [name]: value }),
  });
}
defineLazily("URLPattern", () => (require("urlpattern-polyfill/urlpattern") as { URLPattern: unknown }).URLPattern);
for (const name of ["CryptoKey", "SubtleCrypto"]) {
  defineLazily(name, () => (require("./web/subtle") as Record<string, unknown>)[name]);
}

registerBuiltins();

/** Fills in what belongs to this start: environment, directory, clock. */
export function boot(): void {
  startProcess();
}
onBoot(boot);
