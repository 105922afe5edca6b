/** What the oldest Node.js that Onward runs on lacks, as the runtime uses it. */
import { File } from "node:buffer";
import { webcrypto } from "node:crypto";

declare const require: (path: string) => unknown;

function supply(target: object, name: string, value: unknown): void {
  if (!(name in target)) Object.defineProperty(target, name, { value, writable: true, configurable: true });
}

supply(globalThis, "crypto", webcrypto);
supply(globalThis, "File", File);
supply(Promise, "withResolvers", function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve!: (value: T | PromiseLike<T>) => void;
  let reject!: (reason?: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
});
supply(Array.prototype, "toSpliced", function toSpliced(this: unknown[], ...args: [number, number]): unknown[] {
  const copy = [...this];
  copy.splice(...args);
  return copy;
});
supply(Array.prototype, "toSorted", function toSorted(this: unknown[], compare?: (a: unknown, b: unknown) => number): unknown[] {
  return [...this].sort(compare);
});
supply(Array.prototype, "toReversed", function toReversed(this: unknown[]): unknown[] {
  return [...this].reverse();
});

// Middleware is written for a platform that has it; few programs use it.
if (!("URLPattern" in globalThis)) {
  Object.defineProperty(globalThis, "URLPattern", {
    configurable: true,
    enumerable: false,
    get() {
      const { URLPattern } = require("urlpattern-polyfill/urlpattern") as { URLPattern: unknown };
      Object.defineProperty(globalThis, "URLPattern", { value: URLPattern, writable: true, configurable: true });
      return URLPattern;
    },
    set(value: unknown) {
      Object.defineProperty(globalThis, "URLPattern", { value, writable: true, configurable: true });
    },
  });
}
