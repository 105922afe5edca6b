/** node:diagnostics_channel. */
import { codedError, invalidArgType, requireFunction } from "../errors";
import type { AsyncLocalStorage } from "../als";

type Name = string | symbol;
type Subscriber = (message: unknown, name: Name) => void;
type Store = AsyncLocalStorage<unknown>;

class Channel {
  #subscribers: Subscriber[] = [];
  #stores = new Map<Store, ((data: unknown) => unknown) | undefined>();
  constructor(readonly name: Name) {}
  get hasSubscribers(): boolean { return this.#subscribers.length > 0 || this.#stores.size > 0; }
  subscribe(fn: Subscriber): void {
    requireFunction(fn, "subscription");
    this.#subscribers = [...this.#subscribers, fn];
  }
  unsubscribe(fn: Subscriber): boolean {
    const at = this.#subscribers.indexOf(fn);
    if (at >= 0) this.#subscribers = this.#subscribers.toSpliced(at, 1);
    return at >= 0;
  }
  bindStore(store: Store, transform?: (data: unknown) => unknown): void { this.#stores.set(store, transform); }
  unbindStore(store: Store): boolean { return this.#stores.delete(store); }
  publish(message: unknown): void {
    for (const fn of this.#subscribers) {
      try {
        fn(message, this.name);
      } catch (error) {
        process.nextTick(() => {
          throw error;
        });
      }
    }
  }
  runStores(data: unknown, fn: (...args: unknown[]) => unknown, self?: unknown, ...args: unknown[]): unknown {
    let run = (): unknown => {
      this.publish(data);
      return Reflect.apply(fn, self, args);
    };
    for (const [store, transform] of this.#stores) {
      const inner = run;
      run = () => store.run(transform ? transform(data) : data, inner);
    }
    return run();
  }
}

const channels = new Map<Name, Channel>();

function channel(name: Name): Channel {
  if (typeof name !== "string" && typeof name !== "symbol") throw invalidArgType("channel", ["string", "symbol"], name);
  let found = channels.get(name);
  if (!found) channels.set(name, (found = new Channel(name)));
  return found;
}

const phases = ["start", "end", "asyncStart", "asyncEnd", "error"] as const;
type Handlers = Partial<Record<(typeof phases)[number], Subscriber>>;

class TracingChannel {
  declare start: Channel;
  declare end: Channel;
  declare asyncStart: Channel;
  declare asyncEnd: Channel;
  declare error: Channel;
  constructor(nameOrChannels: string | Record<string, Channel>) {
    for (const phase of phases) {
      this[phase] = typeof nameOrChannels === "string" ? channel(`tracing:${nameOrChannels}:${phase}`) : nameOrChannels[phase]!;
    }
  }
  get hasSubscribers(): boolean { return phases.some((p) => this[p].hasSubscribers); }
  subscribe(handlers: Handlers): void {
    for (const p of phases) if (handlers[p]) this[p].subscribe(handlers[p]);
  }
  unsubscribe(handlers: Handlers): boolean {
    return phases.filter((p) => handlers[p]).every((p) => this[p].unsubscribe(handlers[p]!));
  }
  traceSync(fn: (...args: unknown[]) => unknown, context: Record<string, unknown> = {}, self?: unknown, ...args: unknown[]): unknown {
    return this.start.runStores(context, () => {
      try {
        return (context["result"] = Reflect.apply(fn, self, args));
      } catch (error) {
        context["error"] = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }
  tracePromise(fn: (...args: unknown[]) => unknown, context: Record<string, unknown> = {}, self?: unknown, ...args: unknown[]): unknown {
    return this.start.runStores(context, () => {
      const settle = (key: string, value: unknown): void => {
        context[key] = value;
        if (key === "error") this.error.publish(context);
        this.asyncStart.publish(context);
        this.asyncEnd.publish(context);
      };
      try {
        return Promise.resolve(Reflect.apply(fn, self, args)).then(
          (value) => {
            settle("result", value);
            return value;
          },
          (error: unknown) => {
            settle("error", error);
            throw error;
          },
        );
      } catch (error) {
        context["error"] = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }
  traceCallback(fn: (...args: unknown[]) => unknown, position = -1, context: Record<string, unknown> = {}, self?: unknown, ...args: unknown[]): unknown {
    const callback = args.at(position) as (...a: unknown[]) => unknown;
    if (typeof callback !== "function") throw codedError("ERR_INVALID_ARG_TYPE", 'The "callback" argument must be of type function.', TypeError);
    args.splice(position, 1, (...results: unknown[]) => {
      if (results[0]) {
        context["error"] = results[0];
        this.error.publish(context);
      } else context["result"] = results[1];
      return this.asyncStart.runStores(context, () => {
        try {
          return callback(...results);
        } finally {
          this.asyncEnd.publish(context);
        }
      });
    });
    return this.start.runStores(context, () => {
      try {
        return Reflect.apply(fn, self, args);
      } finally {
        this.end.publish(context);
      }
    });
  }
}

export const diagnosticsChannelModule = {
  channel, Channel,
  hasSubscribers: (name: Name): boolean => channels.get(name)?.hasSubscribers ?? false,
  subscribe: (name: Name, fn: Subscriber): void => channel(name).subscribe(fn),
  unsubscribe: (name: Name, fn: Subscriber): boolean => channel(name).unsubscribe(fn),
  tracingChannel: (name: string | Record<string, Channel>): TracingChannel => new TracingChannel(name),
};
