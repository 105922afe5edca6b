/** node:async_hooks. Contexts are real; the hooks that watch every resource are not there. */
import { AsyncLocalStorage, AsyncResource } from "../als";
import { missing } from "../errors";

export const asyncHooksModule = {
  AsyncLocalStorage,
  AsyncResource,
  executionAsyncId: (): number => 1,
  triggerAsyncId: (): number => 0,
  executionAsyncResource: (): object => ({}),
  createHook: missing("async_hooks.createHook"),
  asyncWrapProviders: Object.freeze({ __proto__: null }),
};
