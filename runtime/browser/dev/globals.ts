/** The globals `process` and `global`, which packages written for bundlers expect. */
export function startGlobals(): void {
  const scope = globalThis as any;
  const nothing = () => {};
  scope.global ??= scope;
  scope.process ??= {
    title: "browser",
    browser: true,
    env: { NODE_ENV: "development" },
    argv: [],
    version: "",
    versions: {},
    platform: "browser",
    release: { name: "browser" },
    nextTick: (callback: (...args: unknown[]) => void, ...args: unknown[]) => queueMicrotask(() => callback(...args)),
    cwd: () => "/",
    umask: () => 0,
    hrtime: () => [0, 0],
    emitWarning: nothing,
    on: nothing,
    once: nothing,
    off: nothing,
    addListener: nothing,
    removeListener: nothing,
    removeAllListeners: nothing,
    emit: nothing,
    listeners: () => [],
  };
}
