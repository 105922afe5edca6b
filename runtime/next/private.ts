/**
 * What packages take from `next/dist/...`, paths that Next.js keeps to itself
 * but that storybook add-ons, data layers and i18n packages import all the same.
 * The compiler's table (privateNext) sends them here, so that they meet the
 * same contexts as the pages do.
 */
import { addBasePath } from "./path";
import { componentName, loadInitialProps } from "./initial-props";
import { formatUrl, isLocalUrl } from "./url";

export { RouterContext, HeadManagerContext, ImageConfigContext } from "./context";
export { isDynamicRoute } from "./dynamic-route";
export { isAbsoluteUrl } from "./url";
export { addBasePath, formatUrl };
export { isLocalUrl as isLocalURL, loadInitialProps as loadGetInitialProps, componentName as getDisplayName };

/** Whether the response has been sent, in whole or in part. */
export function isResSent(res: { finished?: boolean; headersSent?: boolean }): boolean {
  return Boolean(res.finished || res.headersSent);
}

/** A function that runs once and answers its first result ever after. */
export function execOnce<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
  let done: { result: R } | undefined;
  return (...args) => (done ??= { result: fn(...args) }).result;
}

/** The address bar's protocol and host. */
export function getLocationOrigin(): string {
  return window.location.origin;
}

/** The address bar without protocol and host. */
export function getURL(): string {
  return window.location.href.slice(window.location.origin.length);
}

/** performance.mark and measure exist. */
export const SP = typeof performance !== "undefined";
export const ST = SP && typeof performance.mark === "function" && typeof performance.measure === "function";

export class DecodeError extends Error {}
export class NormalizeError extends Error {}

export class PageNotFoundError extends Error {
  readonly code = "ENOENT";
  constructor(page: string) {
    super(`Cannot find module for page: ${page}`);
    this.name = "PageNotFoundError";
  }
}

/** An error that an API route answers with its status and message. */
export class ApiError extends Error {
  constructor(
    readonly statusCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** As window.requestIdleCallback, with a timer where that is missing (Safari). */
export function requestIdleCallback(callback: IdleRequestCallback): number {
  if (typeof self !== "undefined" && "requestIdleCallback" in self) return self.requestIdleCallback(callback);
  const begin = Date.now();
  return setTimeout(
    () => callback({ didTimeout: false, timeRemaining: () => Math.max(0, 50 - (Date.now() - begin)) }),
    1,
  ) as unknown as number;
}

export function cancelIdleCallback(id: number): void {
  if (typeof self !== "undefined" && "cancelIdleCallback" in self) self.cancelIdleCallback(id);
  else clearTimeout(id);
}
