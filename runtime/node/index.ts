/**
 * The platform where Node.js runs the app: Node.js itself, with the border to Go
 * and the registry of modules. It takes the place of platform/index.ts and has its
 * exports; bundling leads platform/als and platform/timers to the files of that
 * name here.
 */
import "./globals";
import "./native";
import { open, type Dispatch } from "./border";
import { forwardConsole } from "./console";
import { linkExternals } from "./externals";
import { guardProcess } from "./process";

export * from "../platform/loop";
export * from "./als";
export * from "../platform/module";
export { flatHeaders, incoming, takeBody, type RequestHead } from "./serve";

forwardConsole();
linkExternals();

const { __dispatch } = globalThis as unknown as { __dispatch: Dispatch };
let started = false;
open((...message) => {
  // An error before this ends the process: the runtime itself is broken.
  if (!started) guardProcess();
  started = true;
  __dispatch(...message);
});
