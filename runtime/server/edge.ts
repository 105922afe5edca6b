/** Job "edge": an API route of the edge runtime, from a Request to a Response. */
import { incoming, type Job } from "../platform/index";
import { load } from "./app";
import { renew } from "./live";
import { WebInput, respond, type WebHandler } from "./middleware";
import type { EdgeJob } from "./protocol";

/** Handler of Job "edge". */
export function edge(job: Job): void | Promise<void> {
  const input = new WebInput(job.input);
  const { route } = input.head as EdgeJob;
  renew(route);
  const run = load(route).exports.default as WebHandler;
  if (typeof run !== "function") {
    throw new Error(`The edge API route ${route} has no default export that is a function: export default (request) => new Response("...")`);
  }
  return respond(job, run, route, incoming(input, job), answerNothing);
}

function answerNothing(job: Job): void {
  job.reply('{"status":200,"headers":["x-middleware-next","1"],"empty":true}');
}
