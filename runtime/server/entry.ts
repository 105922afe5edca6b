/**
 * The server runtime: what runs in every worker of an app. Registers the
 * modules that pages import and the Jobs that Go asks for (protocol.ts).
 * Evaluated once into the engine's start-up snapshot: no clock, no randomness, no
 * environment here.
 */
import { handle, onBoot, type Job } from "../platform/index";
import { api } from "./api";
import { load, start } from "./app";
import { cache, resetCacheHandler } from "./cache";
import { collect } from "./collect";
import { edge } from "./edge";
import { renew, renewMiddleware, resetLive } from "./live";
import { loadMiddleware, middleware, resetMiddleware } from "./middleware";
import { page } from "./page";
import { paths } from "./paths";
import type { Boot, WarmJob } from "./protocol";
import { registerModules } from "./registry";
import { instrumented, startInstrumentation } from "./instrumentation";
import { rehearse } from "./rehearse";
import { signal } from "./signal";
import { resetShells } from "./shell";

registerModules();

onBoot((boot) => {
  start(boot as Boot);
  resetLive();
  resetShells();
  resetCacheHandler();
  resetMiddleware();
  startInstrumentation();
});

handle("page", instrumented("render", page));
handle("api", instrumented("route", api));
handle("edge", instrumented("route", edge));
handle("middleware", instrumented("proxy", middleware));
handle("cache", cache);
handle("collect", collect);
handle("paths", paths);
handle("signal", signal);
handle("warm", instrumented("render", (job: Job) => {
  const input = JSON.parse(job.input) as WarmJob;
  for (const route of input.routes) {
    renew(route);
    load(route);
  }
  if (input.middleware) {
    renewMiddleware();
    loadMiddleware();
  }
  job.reply("{}");
}));

rehearse();
