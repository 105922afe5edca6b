/**
 * The development client, the first script of every page in development. It
 * makes `__onward`, which chunks hand their modules to and the router talks to,
 * applies what the server says over the socket, and shows what is wrong. The
 * error document has this script alone.
 */
import type { DevApp, DevClient } from "./client";
import { startGlobals } from "./globals";
import { createHot } from "./hot";
import type { Outcome } from "./hot";
import { startOverlay } from "./overlay";
import { add as addProblem, configure, documentProblems, mended, reportError, setBuildProblems, setBusy, startProblems } from "./problems";
import type { Problem } from "./problems";
import type { Hello, ServerMessage, StyleUpdate, Update } from "./protocol";
import { isSameComponent, refresh, registering, startRefresh } from "./refresh";
import { createRegistry } from "./registry";
import type { Definition, Registry } from "./registry";
import { escapeId, evaluate, loadScript } from "./scripts";
import { createSheets } from "./sheets";
import { connect } from "./socket";
import { addStyles, stylePath, updateStyles } from "./styles";

interface PageChunk {
  /** Id of the page's module. */
  module: string;
}

/** `self.__onward`: what chunks call, and what the router asks. */
interface Onward extends DevClient {
  define: Registry["define"];
  require(id: string): any;
  load(id: string): Promise<any>;
  page(route: string, chunk: PageChunk): void;
  lazy(id: string): void;
  start(id: string): void;
}

/** Where the server's files are, with trailing "/_next/"; this script is one of them. */
const assets = new URL(
  (document.currentScript as HTMLScriptElement | null)?.src.replace(/\/static\/chunks\/.*$/s, "/") ?? "/_next/",
  location.href,
);
/** The document is one that shows an error in place of a page. */
const errorDocument = !!document.getElementById("__ONWARD_PROBLEMS");

startGlobals();
startRefresh();

/** Pages whose chunk has run, and modules that are pages. */
const pages = new Map<string, PageChunk>();
const pageModules = new Set<string>();
/** Modules that were loaded on demand. */
const lazyModules = new Set<string>();

const registry = createRegistry({
  around(module, run) {
    hot.equip(module);
    registering(module, run);
  },
  async fetch(id) {
    await loadScript(new URL(`static/chunks/lazy/${escapeId(id)}.js`, assets).href);
    await addStyles(sheets.of(id));
  },
});
const sheets = createSheets(registry, assets, roots);
const hot = createHot({
  registry,
  isPage: (id) => pageModules.has(id),
  isShown: (id) => !app || [app.route(), "/_app"].some((route) => pages.get(route)?.module === id),
  invalidated: (id) => queueMicrotask(() => settle(hot.rerun(id))),
});

let app: DevApp | undefined;
/** What the server told last: which run of it, and how many changes it had seen. */
let session = "";
let generation = 0;
let leaving = false;
/** The page threw before it was on the screen: no update can bring it there. */
let failed = false;
/** The data of the page could not be fetched after a change; the page shows what it had. */
let dataFailed = false;
/** Updates one after the other; each waits for its styles. */
let queue = Promise.resolve();

const onward: Onward = {
  define: registry.define,
  require: (id) => registry.require(id),
  load: (id) => registry.load(id),
  page(route, chunk) {
    pages.set(route, chunk);
    pageModules.add(chunk.module);
    (self.__NEXT_P ??= []).push([route, () => run(chunk.module)]);
  },
  lazy: (id) => void lazyModules.add(id),
  start: run,
  attach(running) {
    app = running;
    say();
  },
  navigated() {
    dataFailed = false;
    mended();
    say();
  },
  report(kind, error, info) {
    failed ||= !app;
    console.error(error);
    reportError(kind, error, info);
  },
  async explain() {
    const response = await fetch(location.href, { headers: { accept: "text/html" } });
    if (response.ok) return false;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const problems = documentProblems(page);
    for (const problem of problems) if (problem.kind !== "build") addProblem(problem);
    return (dataFailed = problems.length > 0);
  },
  script: loadScript,
  stylesOf(route) {
    const page = pages.get(route);
    return page ? sheets.of(page.module) : [];
  },
  isSameStyle: (a, b) => stylePath(a) === stylePath(b),
  isSameComponent,
};
self.__onward = onward;

const socket = connect({ url: socketUrl(), opened: say, received });
startProblems((line) => socket.send({ type: "log", ...line }));
startOverlay(assets.origin === location.origin ? assets.pathname.replace(/\/_next\/$/, "") : "");

/** Runs a module that the document waits for. */
function run(id: string): any {
  try {
    return registry.require(id);
  } catch (err) {
    failed ||= !app;
    throw err;
  }
}

/** What the document shows, for its stylesheets. */
function* roots(): Iterable<readonly [string, string | undefined]> {
  const own = pages.get("/_app");
  if (own) yield [own.module, "data-n-g"];
  const page = app && pages.get(app.route());
  if (page) yield [page.module, "data-n-p"];
  for (const id of lazyModules) if (registry.modules.has(id)) yield [id, undefined];
}

function socketUrl(): string {
  const url = new URL("webpack-hmr", assets);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

/** Tells the server which page is shown. */
function say(): void {
  socket?.send({ type: "page", route: app?.route() ?? "", session, generation });
}

function reload(reason: string): void {
  if (leaving) return;
  leaving = true;
  console.log(`[Onward] reloading: ${reason}`);
  location.reload();
}

/** Reloads because the page is behind the server, but not twice for the same state of it. */
function catchUp(reason: string): void {
  const key = "__onward_reload";
  const now = `${session} ${generation}`;
  try {
    if (sessionStorage.getItem(key) === now) return;
    sessionStorage.setItem(key, now);
  } catch {
    // Without storage it might go on for ever.
    return;
  }
  reload(reason);
}

function received(message: ServerMessage): void {
  switch (message.type) {
    case "hello":
      return greeted(message);
    case "update":
      generation = message.generation;
      if (errorDocument) {
        if (message.modules?.length || message.gone?.length) reload("a file changed");
        return;
      }
      queue = queue.then(() => apply(message)).catch((err) => reportError("runtime", err));
      return;
    case "data":
      if (errorDocument) reload("data changed");
      else queue = queue.then(() => refreshData(message.routes));
      return;
    case "reload":
      return reload(message.reason);
    case "pages":
      return pagesChanged(message.manifest);
    case "problems":
      if (errorDocument && isMended(message.problems)) reload("all is mended");
      setBuildProblems(message.problems);
      return;
    case "busy":
      setBusy(message.busy);
  }
}

function greeted(hello: Hello): void {
  const restarted = session !== "" && session !== hello.session;
  const known = session === hello.session ? generation : undefined;
  session = hello.session;
  generation = hello.generation;
  if (hello.settings) configure(hello.settings);
  if (restarted) return reload("the server was restarted");
  const problems = hello.problems ?? [];
  // The document was made while something was wrong that is mended now.
  if (errorDocument && isMended(problems)) return catchUp("all is mended");
  if (errorDocument && isOutdated(hello.generation)) return catchUp("a file changed");
  setBuildProblems(problems);
  if (isBehind(hello) || (!hello.versions && known !== undefined && known !== generation)) {
    return catchUp("changes were missed");
  }
  const { styles = [] } = hello;
  sheets.learn(styles);
  if (styles.length) queue = queue.then(() => updateStyles(styles));
  if (known !== undefined && known !== generation) queue = queue.then(() => app?.refreshData());
  say();
}

/** Whether the server has newer code than a module that is here. */
function isBehind({ versions = {} }: Hello): boolean {
  return Object.entries(versions).some(([id, version]) => {
    const known = registry.definitions.get(id);
    return known && known.version < version;
  });
}

/** Whether something has changed since the error document was made. */
function isOutdated(now: number): boolean {
  const made = Number(document.getElementById("__ONWARD_PROBLEMS")?.dataset.generation ?? 0);
  return made > 0 && made !== now;
}

/** Whether what the error document was made for is gone. Other pages may be broken still. */
function isMended(problems: Problem[]): boolean {
  let carried: Problem[];
  try {
    carried = JSON.parse(document.getElementById("__ONWARD_PROBLEMS")?.textContent ?? "[]") as Problem[];
  } catch {
    return false;
  }
  const build = carried.filter((problem) => problem.kind === "build");
  const isLeft = ({ text, file }: Problem) => problems.some((problem) => problem.text === text && problem.file === file);
  return build.length > 0 && !build.some(isLeft);
}

async function apply({ modules = [], styles = [], gone = [] }: Update): Promise<void> {
  const since = performance.now();
  const chunk: Record<string, Definition> = {};
  for (const { id, version, imports, code } of modules) {
    try {
      chunk[id] = { version, imports, run: evaluate(code) };
    } catch (err) {
      return reload(err instanceof Error ? err.message : String(err));
    }
  }
  const moved = gone.length > 0 || modules.some(({ id, imports }) => !isSameList(registry.definitions.get(id)?.imports, imports));
  // Names of CSS Modules and the rules for them come to the screen together.
  const removeOld = await sheets.follow(styles, moved, () => {
    registry.define(chunk);
    for (const id of gone) {
      registry.definitions.delete(id);
      if (!registry.importersOf(id).length) registry.forget(id);
    }
  });
  if (modules.length) settle(hot.update(modules.map((m) => m.id)));
  if (dataFailed) app?.refreshData();
  removeOld();
  const what = [...modules, ...styles].map((m: { id: string } | StyleUpdate) => m.id);
  if (what.length && !leaving) {
    const more = what.length > 2 ? ` and ${what.length - 1} more` : "";
    const names = more ? what[0] : what.join(", ");
    console.log(`[Fast Refresh] ${names}${more}: done in ${Math.round(performance.now() - since)}ms`);
  }
}

function isSameList(a: readonly string[] | undefined, b: readonly string[]): boolean {
  return a?.length === b.length && a.every((value, i) => value === b[i]);
}

/** Brings what ran again to the screen. */
function settle({ reload: reason, errors, ran, stale }: Outcome): void {
  if (reason) return reload(reason);
  if (ran.length && !stale.length) mended();
  if (ran.length) {
    try {
      refresh();
    } catch (err) {
      // What a root threw that no boundary caught.
      errors.push(err);
    }
    if (app && !app.updated()) return reload("the page had failed");
  }
  if (failed && !app) return reload("the page had failed");
  for (const err of errors) onward.report("runtime", err);
}

function refreshData(routes: string[]): void {
  if (app && routes.includes(app.route())) app.refreshData();
}

function pagesChanged(manifest: NonNullable<Window["__BUILD_MANIFEST"]>): void {
  self.__BUILD_MANIFEST = manifest;
  self.__BUILD_MANIFEST_CB?.();
  const there = new Set(manifest.sortedPages);
  const gone = [...pages.keys()].filter((route) => !there.has(route) && !/^\/(_app|_error|404)$/.test(route));
  for (const route of gone) pages.delete(route);
  const route = app?.route();
  if (errorDocument || route === "/404" || route === "/_error") return reload("pages were added or removed");
  if (route !== undefined && gone.includes(route)) return reload(`${route} is gone`);
  const path = app?.path();
  // It was that of a dynamic route.
  if (path !== undefined && path !== route && manifest.sortedPages.includes(path)) return reload(`${path} has a page of its own`);
  app?.forget(gone);
}
