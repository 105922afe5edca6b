/** Registers the node: modules. Each is evaluated when it is first required. */
import { console } from "./console";
import { registerModule, require as requireModule } from "./module";
import { process, setBuiltinLookup } from "./process";

// esbuild turns a require of a bundled file into a call that evaluates it once.
declare const require: (path: string) => Record<string, unknown>;

const makers: Record<string, () => unknown> = {
  assert: () => require("./node/assert").assertModule,
  "assert/strict": () => (require("./node/assert").assertModule as { strict: unknown }).strict,
  async_hooks: () => require("./node/async-hooks").asyncHooksModule,
  buffer: () => require("./node/buffer").bufferModule,
  console: () => console,
  constants: () => require("./node/constants").constantsModule,
  crypto: () => require("./node/crypto").cryptoModule,
  diagnostics_channel: () => require("./node/diagnostics-channel").diagnosticsChannelModule,
  dns: () => require("./node/dns").dnsModule,
  "dns/promises": () => (require("./node/dns").dnsModule as { promises: unknown }).promises,
  events: () => require("./node/events").eventsModule,
  fs: () => require("./node/fs").fsModule,
  "fs/promises": () => (require("./node/fs").fsModule as { promises: unknown }).promises,
  http: () => require("./node/http").httpModule,
  https: () => require("./node/http").httpsModule,
  module: () => require("./node/module").moduleModule,
  os: () => require("./node/os").osModule,
  path: () => require("./node/path").pathModule,
  "path/posix": () => require("./node/path").posix,
  "path/win32": () => require("./node/path").win32,
  perf_hooks: () => require("./node/perf-hooks").perfHooksModule,
  process: () => process,
  punycode: () => require("punycode/punycode.js"),
  querystring: () => require("./node/querystring").querystringModule,
  stream: () => require("./node/stream").streamModule,
  "stream/consumers": () => require("./node/consumers").consumersModule,
  "stream/promises": () => (require("./node/stream").streamModule as { promises: unknown }).promises,
  "stream/web": () => require("./node/stream").streamWebModule,
  string_decoder: () => require("./node/string-decoder").stringDecoderModule,
  sys: () => require("./node/util").utilModule,
  timers: () => require("./node/timers").timersModule,
  "timers/promises": () => require("./node/timers").timersPromises,
  tty: () => require("./node/tty").ttyModule,
  url: () => require("./node/url").urlModule,
  util: () => require("./node/util").utilModule,
  "util/types": () => (require("./node/util").utilModule as { types: unknown }).types,
  worker_threads: () => require("./node/worker-threads").workerThreadsModule,
  zlib: () => require("./node/zlib").zlibModule,
};

/** Names of all builtins, for module.builtinModules. */
export const builtinNames: readonly string[] = Object.keys(makers);

/** Gives classes and functions their names back, which bundling changes where two are alike. */
export function named(exports: unknown): unknown {
  if ((typeof exports !== "object" && typeof exports !== "function") || exports === null) return exports;
  for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(exports))) {
    if (typeof value !== "function" || value.name === key || !/^[A-Z]/.test(key)) continue;
    if (value.name.replace(/^_|\d+$/g, "") === key) Object.defineProperty(value, "name", { value: key, configurable: true });
  }
  return exports;
}

export function registerBuiltins(): void {
  for (const [name, make] of Object.entries(makers)) registerModule(name, () => named(make()));
  setBuiltinLookup((name) => {
    const bare = name.startsWith("node:") ? name.slice(5) : name;
    return Object.hasOwn(makers, bare) ? requireModule(bare) : undefined;
  });
}
