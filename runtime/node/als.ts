/**
 * Stands in for platform/als.ts where Node.js runs the app: the Job that is
 * running travels in an AsyncLocalStorage of Node's own.
 */
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";

export { AsyncLocalStorage, AsyncResource };

/** What travels: the Job that runs. */
export class Frame {
  constructor(
    readonly jobId: number,
    /** The Job's own object; undefined outside of Jobs. */
    readonly job: unknown,
    readonly stores: readonly unknown[],
  ) {}
}

const outside = new Frame(0, undefined, []);
const frames = new AsyncLocalStorage<Frame | undefined>();

/** The frame that is running; undefined outside of Jobs. */
export function continuation(): Frame | undefined {
  return frames.getStore();
}

/** Makes frame the running one until the present callback ends. */
export function setContinuation(frame: unknown): void {
  frames.enterWith(frame as Frame | undefined);
}

/** The frame that is running. */
export function currentFrame(): Frame {
  return frames.getStore() ?? outside;
}

/** Calls fn inside frame and comes back to the present one, whatever happens. */
export function inFrame<A extends unknown[], R>(frame: Frame | undefined, fn: (...args: A) => R, self: unknown, args: A): R {
  return frames.run(frame, () => Reflect.apply(fn, self, args) as R);
}

// React looks for the global; without it the server renderer emits no preload tags.
Object.defineProperty(globalThis, "AsyncLocalStorage", { value: AsyncLocalStorage, writable: true, configurable: true });
