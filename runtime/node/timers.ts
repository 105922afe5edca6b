/** Stands in for platform/timers.ts where Node.js runs the app: timers and ticks are Node's own. */
import process from "node:process";

const own = globalThis as unknown as Record<string, (...args: never[]) => unknown>;

export const setTimeout = own.setTimeout!;
export const setInterval = own.setInterval!;
export const setImmediate = own.setImmediate!;
export const clearTimeout = own.clearTimeout!;
export const clearInterval = own.clearInterval!;
export const clearImmediate = own.clearImmediate!;
export const queueMicrotask = own.queueMicrotask!;
export const nextTick = process.nextTick;

/** Node.js drains its queues by itself when a callback ends. */
export function drain(): void {}

/** Node.js runs its timers by itself. */
export function runTimers(): void {}
