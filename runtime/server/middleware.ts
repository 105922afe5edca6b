/**
 * Job "middleware": the app's middleware (or proxy) for one request. It stands
 * in the way of every request it matches, so what it does not need is not made:
 * the URL, headers and cookies of the request come to life when they are asked for,
 * and "go on, nothing changed" is an empty answer.
 */
import { currentFrame, flatHeaders, incoming, require, takeBody, type Job, type RequestHead } from "../platform/index";
import { NextFetchEvent, provideBackground } from "../next/fetch-event";
import { NextRequest } from "../next/next-request";
import { NextResponse } from "../next/next-response";
import type { URLConfig } from "../next/next-url";
import { current, fileOf } from "./app";
import { Leftover, backgroundOf } from "./background";
import { renewMiddleware } from "./live";
import type { MiddlewareJob } from "./protocol";

/** What middleware and edge functions are. */
export type WebHandler = (request: NextRequest, event: NextFetchEvent) => unknown;

interface Loaded {
  run: WebHandler;
  page: string;
}

let loaded: Loaded | undefined;
let config: URLConfig | undefined;

provideBackground(() => backgroundOf(currentFrame().job as Job | undefined));

/** Forgets what belongs to another boot. */
export function resetMiddleware(): void {
  loaded = undefined;
  config = undefined;
}

/** next.config as NextURL needs it. */
export function urlConfig(): URLConfig {
  const { basePath, i18n, trailingSlash, rawMiddlewareUrl } = current();
  return (config ??= { basePath, i18n: i18n as URLConfig["i18n"], trailingSlash, raw: rawMiddlewareUrl });
}

/** Loads the module on first use. Throws when it exports no function. */
export function loadMiddleware(): Loaded {
  if (loaded) return loaded;
  const { middleware, distDir } = current();
  if (!middleware) throw new Error("the build has no middleware");
  const exports = require(fileOf(distDir, middleware.file)) as Record<string, unknown>;
  const name = middleware.proxy ? "proxy" : "middleware";
  const run = exports[name] ?? exports.default;
  if (typeof run !== "function") {
    throw new Error(`The file "${middleware.source}" must export a function: as the default export, or named "${name}".`);
  }
  return (loaded = { run: run as WebHandler, page: `/${name}` });
}

/** The input of a Job, read as far as somebody looks at it. */
export class WebInput implements RequestHead {
  readonly #text: string;
  #head: MiddlewareJob | undefined;
  #headers: string[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  get head(): MiddlewareJob {
    return (this.#head ??= JSON.parse(this.#text.slice(0, this.#text.indexOf("\n"))) as MiddlewareJob);
  }
  get url(): string {
    return this.head.url;
  }
  get method(): string {
    return this.head.method;
  }
  get headers(): string[] {
    return (this.#headers ??= JSON.parse(this.#text.slice(this.#text.indexOf("\n"))) as string[]);
  }
}

/** Handler of Job "middleware". */
export function middleware(job: Job): void | Promise<void> {
  renewMiddleware();
  const { run, page } = loadMiddleware();
  return respond(job, run, page, incoming(new WebInput(job.input), job), passOn);
}

/** Calls a handler and answers with what it returns. empty answers in place of a response that is none. */
export function respond(
  job: Job, run: WebHandler, page: string, request: object, empty: (job: Job) => void,
): void | Promise<void> {
  const background = new Leftover(page.slice(1));
  job.scope = background;
  const nextConfig = urlConfig();
  const asked = new NextRequest(request as Request, { nextConfig, clean: !nextConfig.raw });
  const result = run(asked, new NextFetchEvent({ request: asked, page, background }));
  if (typeof (result as Promise<unknown> | undefined)?.then === "function") {
    return (result as Promise<unknown>).then((response) => answer(job, response, empty, background));
  }
  return answer(job, result, empty, background);
}

/** Nothing is changed: the request goes on. */
function passOn(job: Job): void {
  job.reply("");
}

function answer(job: Job, response: unknown, empty: (job: Job) => void, background: Leftover): void | Promise<void> {
  if (response === undefined || response === null) {
    empty(job);
    return background.answered();
  }
  if (NextResponse.isBare(response)) {
    job.reply("");
    return background.answered();
  }
  if (!(response instanceof Response)) throw new TypeError("Expected an instance of Response to be returned");
  const headers = flatHeaders(response.headers);
  const body = takeBody(response);
  if (body === null && response.status === 200 && response.statusText === "" && headers.includes("x-middleware-next")) {
    job.reply(headers.length === 2 ? "" : `\n${headers.join("\n")}`);
    return background.answered();
  }
  const meta = JSON.stringify({ status: response.status, statusText: response.statusText || undefined, empty: body === null || undefined, headers });
  if (body === null || typeof body === "string" || body instanceof Uint8Array) {
    job.reply(meta, body ?? undefined);
    return background.answered();
  }
  return stream(job, meta, body as unknown as ReadableStream<unknown>).finally(() => background.answered());
}

/** Sends a body as it comes. */
async function stream(job: Job, meta: string, body: ReadableStream<unknown>): Promise<void> {
  const reader = body.getReader();
  job.onAbort(() => void reader.cancel().catch(() => {}));
  job.head(meta);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return job.end();
    const wait = job.write(chunkOf(value));
    if (wait) await wait;
  }
}

function chunkOf(value: unknown): string | Uint8Array {
  if (value instanceof Uint8Array || typeof value === "string") return value;
  throw new TypeError("A response body streams Uint8Array chunks; it got one of another kind");
}
