/**
 * React Fast Refresh. The compiler put calls of $RefreshReg$ and $RefreshSig$
 * into the modules; here they reach React's refresh runtime, which must be in
 * place before React itself runs.
 */
import * as runtime from "react-refresh/runtime";
import type { Module } from "./registry";

type Register = (type: unknown, name: string) => void;
type Signature = typeof runtime.createSignatureFunctionForTransform;
interface RefreshGlobals {
  $RefreshReg$: Register;
  $RefreshSig$: Signature;
}

/** What React's renderers announce themselves to. */
interface DevToolsHook {
  inject?(renderer: { setRefreshHandler?(handler: (type: unknown) => undefined): void }): unknown;
}

/** Exports of pages and of _app that are not components and that nothing in the page holds on to. */
const pageExports = new Set(["config", "reportWebVitals", "__N_SSG", "__N_SSP"]);
const flags = new Set(["__esModule", "__N_SSG", "__N_SSP"]);

const globals = globalThis as unknown as RefreshGlobals;
let before: RefreshGlobals;

/** Tells React's renderers to come where to report; called once, before any of them. */
export function startRefresh(): void {
  runtime.injectIntoGlobalHook(globalThis);
  const hook = (globalThis as unknown as { __REACT_DEVTOOLS_GLOBAL_HOOK__: DevToolsHook }).__REACT_DEVTOOLS_GLOBAL_HOOK__;
  const { inject } = hook;
  if (!inject) return;
  hook.inject = function (renderer) {
    const id = inject.call(this, renderer);
    // Only now does it remember which error boundaries failed, so that they show
    // their content after the first update too. No component has a newer version yet.
    renderer.setRefreshHandler?.(() => undefined);
    return id;
  };
  globals.$RefreshReg$ = () => {};
  globals.$RefreshSig$ = () => (type) => type;
  before = { $RefreshReg$: globals.$RefreshReg$, $RefreshSig$: globals.$RefreshSig$ };
}

/** Runs a module's code with the globals that register its components. */
export function registering(module: Module, run: () => void): void {
  const { $RefreshReg$, $RefreshSig$ } = globals;
  if (!isOwn(module.id)) {
    Object.assign(globals, before);
    try {
      run();
    } finally {
      Object.assign(globals, { $RefreshReg$, $RefreshSig$ });
    }
    return;
  }
  globals.$RefreshReg$ = (type, name) => runtime.register(type, `${module.id} ${name}`);
  globals.$RefreshSig$ = runtime.createSignatureFunctionForTransform;
  try {
    run();
  } finally {
    Object.assign(globals, { $RefreshReg$, $RefreshSig$ });
  }
  registerExports(module);
}

/** Whether a module is the app's, which is what people edit. */
function isOwn(id: string): boolean {
  return !/^[\w-]+:/.test(id) && !id.includes("node_modules/");
}

/** Exports without a registration of their own, such as what a higher-order component answered. */
function registerExports({ id, exports }: Module): void {
  if (runtime.isLikelyComponentType(exports)) runtime.register(exports, `${id} %exports%`);
  for (const [name, value] of entriesOf(exports)) {
    if (runtime.isLikelyComponentType(value)) runtime.register(value, `${id} %exports% ${name}`);
  }
}

function entriesOf(exports: unknown): [string, unknown][] {
  if (exports === null || typeof exports !== "object") return [];
  const entries: [string, unknown][] = [];
  for (const name of Object.keys(exports)) {
    if (flags.has(name)) continue;
    try {
      entries.push([name, (exports as Record<string, unknown>)[name]]);
    } catch {
      // A cycle of imports: the value is not there yet.
      entries.push([name, undefined]);
    }
  }
  return entries;
}

/**
 * Whether React can take over all that a module exports, so that its importers
 * need not run again. `page`: some exports that are not components are as good.
 */
export function isBoundary(exports: unknown, page: boolean): boolean {
  if (runtime.isLikelyComponentType(exports)) return true;
  const entries = entriesOf(exports).filter(([name]) => !page || !pageExports.has(name));
  return entries.length > 0 && entries.every(([, value]) => runtime.isLikelyComponentType(value));
}

/** What must stay the same of a boundary's exports: their names and which component each one is. */
export function signatureOf(exports: unknown): unknown[] {
  const signature: unknown[] = [runtime.getFamilyByType(exports)];
  for (const [name, value] of entriesOf(exports)) {
    if (pageExports.has(name)) continue;
    signature.push(name, typeof value === "function" || typeof value === "object" ? familyOf(value) : undefined);
  }
  return signature;
}

function familyOf(type: unknown): unknown {
  return type === null ? undefined : runtime.getFamilyByType(type);
}

/** Whether React takes one component for a newer version of the other. */
export function isSameComponent(a: unknown, b: unknown): boolean {
  const family = familyOf(a);
  return a === b || (family !== undefined && family === familyOf(b));
}

/** Renders what is on the screen with the newest components. */
export function refresh(): void {
  runtime.performReactRefresh();
}
