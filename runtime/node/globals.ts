/** What the oldest Node.js that Onward runs on lacks, as the runtime uses it. */
import { File } from "node:buffer";
import { webcrypto } from "node:crypto";

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
