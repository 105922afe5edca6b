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
import { loadMiddleware, middleware, resetMiddleware } from "./middleware";
import { page } from "./page";
import { paths } from "./paths";
import type { Boot, WarmJob } from "./protocol";
import { registerModules } from "./registry";
import { rehearse } from "./rehearse";
import { resetShells } from "./shell";

registerModules();

onBoot((boot) => {
  start(boot as Boot);
  resetShells();
  resetCacheHandler();
  resetMiddleware();
});

handle("page", page);
handle("api", api);
handle("edge", edge);
handle("middleware", middleware);
handle("cache", cache);
handle("collect", collect);
handle("paths", paths);
handle("warm", (job: Job) => {
  const input = JSON.parse(job.input) as WarmJob;
  for (const route of input.routes) load(route);
  if (input.middleware) loadMiddleware();
  job.reply("{}");
});

rehearse();
