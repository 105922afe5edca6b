/** The `process` object. What belongs to the program's start is filled in by boot. */
import { EventEmitter } from "./node/events";
import { codedError, invalidArgType, missing } from "./errors";
import { hooks, nextTick } from "./loop";
import { callText } from "./host";
import { console, writeText } from "./console";
import { inspect } from "./inspect";
import { startClock } from "./web/performance";

/** What the "process.info" operation answers. */
interface ProcessInfo {
  env: Record<string, string>;
  cwd: string;
  argv0: string;
  pid: number;
  ppid: number;
  platform: string;
  arch: string;
}

/** The Node.js release whose behaviour the platform follows. */
const nodeVersion = "20.20.2";

let info: ProcessInfo = { env: {}, cwd: "/", argv0: "onward", pid: 0, ppid: 0, platform: "linux", arch: "x64" };
let started = 0;
let directory = "/";

/** process.exit() ends no server: it fails the Job it happens in. */
class ExitError extends Error {
  readonly code = "ERR_ONWARD_EXIT";
  constructor(readonly exitCode: number) {
    super(`process.exit(${exitCode}) was called; Onward does not end the server for it, but stops this request`);
    this.name = "ExitError";
  }
}

/** stdout and stderr: whole lines go out at once, the rest with the next line or at the end of the turn. */
class OutputStream extends EventEmitter {
  readonly writable = true;
  readonly isTTY = false;
  readonly columns = 80;
  #partial = "";
  #scheduled = false;
  readonly #isError: boolean;
  constructor(readonly fd: number) {
    super();
    this.#isError = fd === 2;
  }
  write(chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean {
    const text = typeof chunk === "string" ? chunk : __native.decode(chunk, false);
    this.#partial += text;
    const end = this.#partial.lastIndexOf("\n");
    if (end >= 0) {
      writeText(this.#isError, this.#partial.slice(0, end));
      this.#partial = this.#partial.slice(end + 1);
    }
    if (this.#partial !== "" && !this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        if (this.#partial === "") return;
        writeText(this.#isError, this.#partial);
        this.#partial = "";
      });
    }
    const done = typeof encoding === "function" ? encoding : callback;
    if (typeof done === "function") nextTick(done as () => void);
    return true;
  }
  end(chunk?: string | Uint8Array): this {
    if (chunk !== undefined && typeof chunk !== "function") this.write(chunk);
    return this;
  }
  cork(): void {}
  uncork(): void {}
  hasColors(): boolean { return false; }
  getColorDepth(): number { return 1; }
  getWindowSize(): [number, number] { return [80, 24]; }
}

const hrtime = Object.assign(
  function hrtime(previous?: [number, number]): [number, number] {
    const now = __native.now();
    let seconds = Math.floor(now / 1000);
    let nanos = Math.floor((now % 1000) * 1e6);
    if (previous !== undefined) {
      if (!Array.isArray(previous)) throw invalidArgType("time", "Array", previous);
      seconds -= previous[0];
      nanos -= previous[1];
      if (nanos < 0) {
        seconds--;
        nanos += 1e9;
      }
    }
    return [seconds, nanos];
  },
  { bigint: (): bigint => BigInt(Math.floor(__native.now() * 1e6)) },
);

const memoryUsage = Object.assign(
  function memoryUsage(): object {
    const heap = __native.heap();
    const { rss } = JSON.parse(callText("process.memory", "")) as { rss: number };
    return { rss, heapTotal: heap.total, heapUsed: heap.used, external: heap.external, arrayBuffers: heap.external };
  },
  { rss: (): number => (JSON.parse(callText("process.memory", "")) as { rss: number }).rss },
);

const warned = new Set<string>();

function emitWarning(warning: string | Error, typeOrOptions?: string | { type?: string; code?: string; detail?: string }, code?: string): void {
  let type = "Warning";
  let detail: string | undefined;
  if (typeof typeOrOptions === "object" && typeOrOptions !== null) {
    type = typeOrOptions.type ?? type;
    code = typeOrOptions.code;
    detail = typeOrOptions.detail;
  } else if (typeof typeOrOptions === "string") type = typeOrOptions;
  let error: Error & { code?: string; detail?: string };
  if (typeof warning === "string") {
    error = new Error(warning);
    error.name = type;
  } else if (warning instanceof Error) error = warning;
  else throw invalidArgType("warning", ["string", "Error"], warning);
  if (code) error.code = code;
  if (detail) error.detail = detail;
  nextTick(() => {
    if (error.name === "DeprecationWarning" && process.noDeprecation) return;
    const tag = error.code ? `[${error.code}] ` : "";
    const line = `(node:${info.pid}) ${tag}${error.name}: ${error.message}`;
    // The same warning once: a leak in a page must not fill the log.
    if (!warned.has(line) && warned.size < 1000) {
      warned.add(line);
      console.warn(error.detail ? `${line}\n${error.detail}` : line);
    }
    process.emit("warning", error);
  });
}

const members = {
  title: "onward",
  version: `v${nodeVersion}`,
  versions: { node: nodeVersion, v8: "13.6.233.10", uv: "1.46.0", zlib: "1.3.0.1", modules: "115", openssl: "3.0.0", unicode: "16.0", onward: "1" },
  arch: "x64",
  platform: "linux",
  release: { name: "node", lts: "Iron" },
  argv: ["node"],
  execArgv: [] as string[],
  execPath: "",
  argv0: "node",
  env: {} as Record<string, string | undefined>,
  pid: 0,
  ppid: 0,
  exitCode: undefined as number | undefined,
  noDeprecation: false,
  throwDeprecation: false,
  traceDeprecation: false,
  config: { target_defaults: {}, variables: {} },
  features: { inspector: false, debug: false, uv: false, ipv6: true, tls_alpn: true, tls_sni: true, tls_ocsp: false, tls: true, cached_builtins: true },
  allowedNodeEnvironmentFlags: new Set<string>(),
  stdout: new OutputStream(1),
  stderr: new OutputStream(2),
  cwd: (): string => directory,
  chdir(path: string): void {
    if (typeof path !== "string") throw invalidArgType("directory", "string", path);
    throw codedError("ERR_ONWARD_UNSUPPORTED", "process.chdir() is not available: many requests share one directory. Resolve paths with node:path instead.");
  },
  nextTick,
  hrtime,
  memoryUsage,
  uptime: (): number => (__native.now() - started) / 1000,
  cpuUsage: (): object => ({ user: Math.floor((__native.now() - started) * 1000), system: 0 }),
  resourceUsage: (): object => ({ userCPUTime: 0, systemCPUTime: 0, maxRSS: 0 }),
  emitWarning,
  exit(code?: number): never {
    throw new ExitError(code ?? process.exitCode ?? 0);
  },
  reallyExit(code?: number): never {
    throw new ExitError(code ?? 0);
  },
  abort(): never {
    throw new ExitError(134);
  },
  kill: missing("process.kill"),
  dlopen: missing("process.dlopen"),
  umask: (): number => 0o22,
  getuid: (): number => osInfo().uid,
  geteuid: (): number => osInfo().uid,
  getgid: (): number => osInfo().gid,
  getegid: (): number => osInfo().gid,
  getgroups: (): number[] => [osInfo().gid],
  getActiveResourcesInfo: (): string[] => [],
  constrainedMemory: (): number => 0,
  availableMemory: (): number => osInfo().freemem,
  setUncaughtExceptionCaptureCallback: missing("process.setUncaughtExceptionCaptureCallback"),
  hasUncaughtExceptionCaptureCallback: (): boolean => false,
  binding(name: string): never {
    throw codedError("ERR_ONWARD_UNSUPPORTED", `process.binding("${name}") is not available in Onward's V8 engine`);
  },
  getBuiltinModule: (name: string): unknown => builtinLookup(name),
};

let builtinLookup: (name: string) => unknown = () => undefined;
/** How process.getBuiltinModule finds a module; set by the registry of builtins. */
export function setBuiltinLookup(lookup: (name: string) => unknown): void {
  builtinLookup = lookup;
}

function osInfo(): { uid: number; gid: number; freemem: number } {
  return JSON.parse(callText("os.info", "")) as { uid: number; gid: number; freemem: number };
}

type Process = EventEmitter & typeof members & { stdin: unknown };

// `process instanceof EventEmitter`, and process.constructor.name is "process".
const base = Object.create(EventEmitter.prototype) as object;
Object.defineProperty(base, "constructor", { value: { process: function () {} }.process, configurable: true, writable: true });
export const process: Process = Object.assign(Object.create(base) as EventEmitter, members) as Process;
EventEmitter.init.call(process);
Object.defineProperty(process, Symbol.toStringTag, { value: "process", configurable: true });
Object.defineProperty(process, "stdin", {
  configurable: true,
  enumerable: true,
  get: () => ({ fd: 0, isTTY: false, readable: false, on: () => process.stdin, once: () => process.stdin, resume: () => process.stdin, pause: () => process.stdin, setEncoding: () => process.stdin }),
});

/** Fills in what belongs to this start of the program. Called once per worker, before any Job. */
export function startProcess(): void {
  info = JSON.parse(callText("process.info", "")) as ProcessInfo;
  started = __native.now();
  directory = info.cwd;
  for (const key of Object.keys(process.env)) delete process.env[key];
  Object.assign(process.env, info.env);
  process.argv = [info.argv0, "onward"];
  process.execPath = info.argv0;
  process.pid = info.pid;
  process.ppid = info.ppid;
  process.platform = info.platform;
  process.arch = info.arch;
  startClock();
}

hooks.inspect = (value) => inspect(value);
hooks.exception = (error) => {
  if (process.listenerCount("uncaughtException") === 0) return false;
  process.emit("uncaughtException", error, "uncaughtException");
  return true;
};
hooks.rejection = (reason, promise) => {
  if (process.listenerCount("unhandledRejection") === 0) return false;
  process.emit("unhandledRejection", reason, promise);
  return true;
};
hooks.handled = (promise) => void process.emit("rejectionHandled", promise);
