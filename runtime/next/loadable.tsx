/**
 * Components that are loaded on demand: the machinery of next/dynamic. A
 * component whose module is there renders at once and without Suspense markers;
 * the server loads all before it renders, the browser those that the server
 * rendered before it hydrates.
 */
import { useContext, useImperativeHandle, useSyncExternalStore } from "react";
import type { ComponentType, ReactNode, Ref } from "react";
import { LoadableContext } from "./context";

export interface LoadingProps {
  error?: Error | null;
  isLoading?: boolean;
  pastDelay?: boolean;
  retry?: () => void;
  timedOut?: boolean;
}
export interface LoadableOptions {
  loader: () => Promise<any>;
  loading: (props: LoadingProps) => ReactNode;
  /** Milliseconds before pastDelay turns true; default 200. */
  delay?: number;
  /** Milliseconds before timedOut turns true; default never. */
  timeout?: number;
  /** Ids the compiler gave the import. */
  modules?: readonly string[];
}

/** Loaders of components that nobody has loaded yet. */
const all = new Set<() => Promise<unknown>>();
const byId = new Map<string, Set<() => Promise<unknown>>>();

/** The load of everything that is under way. */
let underWay: Promise<void> | undefined;

/**
 * Loads every component known so far, and those that their modules make known;
 * undefined when all are there. All callers wait for the same load. Never
 * rejects: the error shows when the component renders.
 */
export function preloadAll(): Promise<void> | undefined {
  if (all.size) underWay ??= loadAll();
  return underWay;
}

async function loadAll(): Promise<void> {
  while (all.size) {
    const loaders = [...all];
    all.clear();
    await Promise.allSettled(loaders.map((load) => load()));
  }
  underWay = undefined;
}

/** Loads the components with these ids. Never rejects. */
export async function preloadReady(ids: readonly string[] = []): Promise<void> {
  const done = new Set<() => Promise<unknown>>();
  for (;;) {
    const loaders = ids.flatMap((id) => [...(byId.get(id) ?? [])]).filter((load) => !done.has(load));
    if (!loaders.length) return;
    loaders.forEach((load) => done.add(load));
    await Promise.allSettled(loaders.map((load) => load()));
  }
}

interface State extends LoadingProps {
  loaded?: any;
}

function createLoad({ loader, delay = 200, timeout }: LoadableOptions) {
  const initial: State = { error: null, isLoading: true, pastDelay: delay === 0, timedOut: false };
  let state = initial;
  let promise: Promise<unknown> | undefined;
  let timers: ReturnType<typeof setTimeout>[] = [];
  const listeners = new Set<() => void>();
  const set = (change: State) => {
    state = { ...state, ...change };
    for (const listener of [...listeners]) listener();
  };
  const stop = () => {
    timers.forEach(clearTimeout);
    timers = [];
  };
  const start = () => {
    // Nobody watches on the server.
    if (typeof window !== "undefined") {
      if (delay) timers.push(setTimeout(() => set({ pastDelay: true }), delay));
      if (timeout) timers.push(setTimeout(() => set({ timedOut: true }), timeout));
    }
    return loader().then(
      (loaded) => {
        stop();
        set({ loaded, isLoading: false, error: null });
      },
      (error) => {
        stop();
        set({ error, isLoading: false });
        throw error;
      },
    );
  };
  const load = () => (promise ??= start());
  return {
    load,
    get: () => state,
    retry() {
      stop();
      promise = undefined;
      set(initial);
      load().catch(() => {});
    },
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

function componentOf(loaded: any): ComponentType<any> {
  return loaded && loaded.default !== undefined ? loaded.default : loaded;
}

/** A component that shows `loading` until its module is there. */
export function loadable(options: LoadableOptions): ComponentType<any> {
  const { loading: Loading, modules } = options;
  const source = createLoad(options);
  if (typeof window === "undefined") all.add(source.load);
  else {
    for (const id of modules ?? []) {
      let set = byId.get(id);
      if (!set) byId.set(id, (set = new Set()));
      set.add(source.load);
    }
  }

  function Loadable({ ref, ...props }: { ref?: Ref<any> }) {
    // On the server nothing may start here: preloadAll() has loaded all.
    if (typeof window !== "undefined") source.load().catch(() => {});
    const report = useContext(LoadableContext);
    if (report) modules?.forEach(report);
    const state = useSyncExternalStore(source.subscribe, source.get, source.get);
    // In the browser `loading` tells of the error; a page made without the component would hide it.
    if (state.error && typeof window === "undefined") throw state.error;
    useImperativeHandle(ref, () => ({ retry: source.retry }), []);
    if (state.isLoading || state.error) {
      return (
        <Loading
          isLoading={state.isLoading}
          pastDelay={state.pastDelay}
          timedOut={state.timedOut}
          error={state.error}
          retry={source.retry}
        />
      );
    }
    if (!state.loaded) return null;
    const Component = componentOf(state.loaded);
    return <Component {...props} />;
  }
  Loadable.preload = () => source.load();
  Loadable.displayName = "LoadableComponent";
  return Loadable;
}
