/**
 * Development: what has changed since this worker last looked. Go knows which modules
 * are no longer what they were; it is asked before a page is used, and they are run
 * anew when they are next required. Modules that did not change keep their state.
 */
import { forgetModules, moduleText } from "../platform/index";
import { current, dropPages, framesOf, renewAssets } from "./app";
import { resetMiddleware } from "./middleware";
import type { Boot, BootPage } from "./protocol";
import { resetShells } from "./shell";

/** What Go answers; LiveAnswer of cli/build. */
interface Answer {
  /** Counts the changes of the app. */
  generation: number;
  /** Absolute paths of modules that changed after the generation that was asked for; null for all. */
  forget: string[] | null;
  /** Absent when there is no such page. */
  page?: BootPage;
  middleware?: Boot["middleware"];
}

let generation = 0;
/** What was last told of each route. */
const told = new Map<string, string>();

/** Before another Boot. */
export function resetLive(): void {
  generation = 0;
  told.clear();
}

/** Brings the page or API route, and what it is rendered in, up to date. Does nothing in production. */
export function renew(route: string): void {
  if (!current().dev) return;
  for (const frame of framesOf(route)) ask(frame);
  ask(route);
}

/** The same for the app's middleware. */
export function renewMiddleware(): void {
  if (current().dev) ask("middleware");
}

function ask(route: string): void {
  const boot = current();
  const text = moduleText(`${boot.distDir}/live.json?since=${generation}&route=${encodeURIComponent(route)}`);
  if (text === undefined) return;
  const answer = JSON.parse(text) as Answer;
  if (answer.generation !== generation) {
    forgetModules(answer.forget ?? undefined);
    dropPages();
    resetMiddleware();
    generation = answer.generation;
  }
  setMiddleware(boot, answer.middleware);
  const page = JSON.stringify(answer.page);
  if (told.get(route) === page) return;
  told.set(route, page);
  if (answer.page) boot.pages[route] = answer.page;
  else delete boot.pages[route];
  renewAssets(route);
  resetShells();
}

/** Documents name the script with the middleware's matchers only in apps that have one. */
function setMiddleware(boot: Boot, middleware: Boot["middleware"]): void {
  if (!boot.middleware === !middleware) {
    boot.middleware = middleware;
    return;
  }
  const script = `static/${boot.buildId}/_clientMiddlewareManifest.js`;
  boot.manifestScripts = boot.manifestScripts.filter((file) => file !== script);
  if (middleware) boot.manifestScripts.push(script);
  boot.middleware = middleware;
  resetMiddleware();
  resetShells();
}
