/** The globals that index.ts puts into place, for the platform's own files. */
import type { Buffer as PlatformBuffer } from "./node/buffer";
import type { process as platformProcess } from "./process";
import type * as timers from "./timers";
import type { AbortSignal as PlatformAbortSignal } from "./web/abort";
import type { Blob as PlatformBlob } from "./web/blob";
import type { Crypto } from "./web/crypto";
import type { atob as platformAtob } from "./web/encoding";
import type { EventTarget as PlatformEventTarget } from "./web/event-target";
import type { Performance } from "./web/performance";
import type { URL as PlatformURL, URLSearchParams as PlatformURLSearchParams } from "./web/url";

declare global {
  const process: typeof platformProcess;
  const crypto: Crypto;
  const performance: Performance;
  const atob: typeof platformAtob;
  const setTimeout: typeof timers.setTimeout;
  const clearTimeout: typeof timers.clearTimeout;
  const setImmediate: typeof timers.setImmediate;
  const queueMicrotask: typeof timers.queueMicrotask;
  type Buffer = PlatformBuffer;
  const Buffer: typeof import("./node/buffer").Buffer;
  type AbortSignal = PlatformAbortSignal;
  type Blob = PlatformBlob;
  const Blob: typeof PlatformBlob;
  type EventTarget = PlatformEventTarget;
  const EventTarget: typeof PlatformEventTarget;
  type URL = PlatformURL;
  const URL: typeof PlatformURL;
  const URLSearchParams: typeof PlatformURLSearchParams;
  interface ErrorConstructor {
    captureStackTrace(target: object, above?: Function): void;
  }
}
