/**
 * What platform/native.d.ts promises, on top of Node.js. Only what the shared half
 * of the platform (loop, operations, modules) asks for exists: the rest of the
 * platform is Node.js itself.
 */
import { Buffer } from "node:buffer";
import * as vm from "node:vm";
import { continuation, setContinuation } from "./als";
import { call, post, source } from "./border";

const loader = vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER;

const native: Partial<Native> = {
  post,
  call,
  source,
  compile(path) {
    const text = source(path);
    if (text === undefined) return undefined;
    return vm.compileFunction(text, ["exports", "require", "module", "__filename", "__dirname"], {
      filename: path,
      ...(loader ? { importModuleDynamically: loader } : {}),
    });
  },
  runMicrotasks() {},
  getContinuation: continuation,
  setContinuation,
  now: () => performance.now(),
  encode: (text) => new Uint8Array(Buffer.from(text, "utf8")),
  decode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"),
};
Object.defineProperty(globalThis, "__native", { value: native });
