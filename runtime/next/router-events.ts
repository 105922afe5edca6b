/** Events of the router; one set of listeners per browser page. */
import type { RouterEvent, RouterEventHandler, RouterEvents } from "./context";

const listeners = new Map<RouterEvent, Set<RouterEventHandler>>();

/** On the server nothing is kept: a module lives longer than a request there. */
export const routerEvents: RouterEvents = {
  on(type, handler) {
    if (typeof window === "undefined") return;
    let set = listeners.get(type);
    if (!set) listeners.set(type, (set = new Set()));
    set.add(handler);
  },
  off(type, handler) {
    listeners.get(type)?.delete(handler);
  },
  emit(type, ...args) {
    // A copy: a handler may remove itself.
    for (const handler of [...(listeners.get(type) ?? [])]) handler(...args);
  },
};
