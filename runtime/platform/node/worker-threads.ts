/** node:worker_threads: this is the main thread, and there are no others. */
import { missing } from "../errors";
import { BroadcastChannel, MessageChannel, MessagePort } from "../web/messaging";

export const workerThreadsModule = {
  isMainThread: true, threadId: 0, parentPort: null, workerData: null, resourceLimits: {}, SHARE_ENV: Symbol.for("nodejs.worker_threads.SHARE_ENV"),
  BroadcastChannel, MessageChannel, MessagePort,
  Worker: missing("worker_threads.Worker"),
  receiveMessageOnPort: missing("worker_threads.receiveMessageOnPort"),
  moveMessagePortToContext: missing("worker_threads.moveMessagePortToContext"),
  markAsUntransferable: (): void => {},
  getEnvironmentData: (): undefined => undefined,
  setEnvironmentData: (): void => {},
};
