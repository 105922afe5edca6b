/** Job "api": an API route, with the helpers that its `req` and `res` carry. */
import { hostAsync, require, type Job } from "../platform/index";
import { current, load } from "./app";
import { ApiError, bytesOf, formatBytes, parseBody } from "./body";
import { etagOf, isFresh } from "./etag";
import { IncomingMessage } from "./incoming";
import { requestFailed } from "./instrumentation";
import { renew } from "./live";
import { ServerResponse, type Chunk } from "./outgoing";
import { clearPreviewData, setDraftMode, setPreviewData } from "./preview";
import type { ApiJob } from "./protocol";

const json = "application/json; charset=utf-8";
/** Answers larger than this are warned of, unless the route says otherwise. */
const responseLimit = 4 << 20;

interface ApiConfig {
  bodyParser?: boolean | { sizeLimit?: number | string };
  responseLimit?: boolean | number | string;
  externalResolver?: boolean;
}

/** Handler of Job "api". The Job ends when the response does, not when the route's function returns. */
export async function api(job: Job): Promise<void> {
  const input = JSON.parse(job.input) as ApiJob;
  renew(input.route);
  const req = new IncomingMessage(input.req, job);
  const config = (): ApiConfig => (load(input.route).config.api as ApiConfig | undefined) ?? {};
  const res = new ApiResponse(req, input, job, () => config().responseLimit);
  const over = new Promise<void>((resolve) => (res.over = resolve));
  job.onAbort(() => {
    req.abort();
    res.abandon();
    res.over();
  });
  try {
    const handler = load(input.route).exports.default as (req: IncomingMessage, res: ApiResponse) => unknown;
    const { bodyParser, externalResolver } = config();
    req.query = { ...input.query };
    definePreview(req, res, input);
    if (bodyParser !== false) {
      req.body = await parseBody(req, typeof bodyParser === "object" ? (bodyParser.sizeLimit ?? "1mb") : "1mb");
    }
    if (isExpress(handler)) adoptExpress(handler, res);
    const result = await handler(req, res);
    if (current().dev) warnOfResult(result, res, req, externalResolver === true);
  } catch (error) {
    // In development the page with the error is the answer.
    if (current().dev && !(error instanceof ApiError) && !res.headersSent) throw error;
    if (!(error instanceof ApiError)) await requestFailed("route", job, error);
    answerError(res, error);
  }
  return over;
}

/** An app of Express is a handler: a function with the prototypes that it gives to every request and response. */
interface Express {
  request: object;
  response: object;
}

function isExpress(handler: object): handler is Express {
  const { request, response } = handler as Partial<Express>;
  return typeof request === "object" && typeof response === "object";
}

/** Leads the prototypes of Express, which come before those of node:http, to ours; our helpers go before its own. */
function adoptExpress(app: Express, res: ApiResponse): void {
  const http = require("http") as { IncomingMessage: { prototype: object }; ServerResponse: { prototype: object } };
  lead(app.request, http.IncomingMessage.prototype, IncomingMessage.prototype);
  lead(app.response, http.ServerResponse.prototype, ApiResponse.prototype);
  for (const name of ["status", "json", "send", "redirect"] as const) {
    Object.defineProperty(res, name, { value: res[name], writable: true, enumerable: true, configurable: true });
  }
}

/** Puts `to` into the place of `from` in the prototype chain of an object. */
function lead(object: object, from: object, to: object): void {
  for (let at: object | null = object; at; at = Object.getPrototypeOf(at) as object | null) {
    if (Object.getPrototypeOf(at) === from) return void Object.setPrototypeOf(at, to);
  }
}

/**
 * req.previewData, req.preview and req.draftMode. Each can be set, and looking at
 * one removes cookies that mean nothing any more.
 */
function definePreview(req: IncomingMessage, res: ApiResponse, input: ApiJob): void {
  if (!input.previewClear) {
    // Accessors would make every request an object of its own kind, which is slow.
    const on = input.preview ? true : undefined;
    Object.assign(req, { previewData: on ? input.previewData : false, preview: on, draftMode: on });
    return;
  }
  const look = (): unknown => {
    res.clearPreviewData();
    return input.preview ? input.previewData : false;
  };
  const members: Record<string, () => unknown> = {
    previewData: look,
    preview: () => (look() === false ? undefined : true),
    draftMode: () => (look() === false ? undefined : true),
  };
  for (const [name, get] of Object.entries(members)) {
    const set = (value: unknown): void => {
      Object.defineProperty(req, name, { value, writable: true, enumerable: true, configurable: true });
    };
    Object.defineProperty(req, name, { get, set, enumerable: true, configurable: true });
  }
}

function warnOfResult(result: unknown, res: ApiResponse, req: IncomingMessage, external: boolean): void {
  if (typeof Response !== "undefined" && result instanceof Response) {
    throw new Error("The API route returned a Response. Only routes of the edge runtime do that; here, answer through `res`.");
  }
  if (result !== undefined) console.warn(`An API route should not return a value; this one returned ${typeof result}.`);
  if (!external && !res.headersSent && !res.piped) {
    console.warn(`API resolved without sending a response for ${req.url}: the request may hang. Await what answers it, or set externalResolver.`);
  }
}

function answerError(res: ApiResponse, error: unknown): void {
  const known = error instanceof ApiError;
  if (!known) console.error(error);
  if (res.headersSent) {
    if (!res.finished) res.destroy(error instanceof Error ? error : new Error(String(error)));
    return;
  }
  res.statusCode = known ? error.statusCode : 500;
  res.statusMessage = known ? error.message : "Internal Server Error";
  res.end(res.statusMessage);
}

/** ServerResponse with the helpers of API routes. */
class ApiResponse extends ServerResponse {
  /** Called when nothing more will come. */
  over: () => void = () => {};
  piped = false;
  private readonly input: ApiJob;
  private readonly message: IncomingMessage;

  constructor(req: IncomingMessage, input: ApiJob, job: Job, limit: () => unknown) {
    let sent = 0;
    const count = (chunk: Chunk): void => {
      sent += chunk.length;
    };
    const done = (): void => {
      if (sent >= responseLimit || limit() !== undefined) warnOfLength(sent, limit(), input.req.url);
      this.over();
    };
    super(req, {
      whole: (status, message, headers, body) => {
        count(body);
        job.reply(meta(status, message, headers), body);
        done();
      },
      head: (status, message, headers) => job.head(meta(status, message, headers)),
      write: (chunk) => {
        count(chunk);
        return job.write(chunk);
      },
      end: () => {
        job.end();
        done();
      },
      fail: (error) => {
        job.fail(error);
        this.over();
      },
    });
    this.input = input;
    this.message = req;
  }

  status(code: number): this {
    this.statusCode = code;
    return this;
  }
  json(value: unknown): void {
    this.setHeader("Content-Type", json);
    this.send(JSON.stringify(value));
  }
  send(body: unknown): void {
    if (body === null || body === undefined) {
      this.end();
      return;
    }
    if (this.statusCode === 204 || this.statusCode === 304) {
      for (const name of ["Content-Type", "Content-Length", "Transfer-Encoding"]) this.removeHeader(name);
      if (current().dev && body) {
        console.warn(`The answer to ${this.message.url} has status ${this.statusCode}, which has no body: the body was dropped.`);
      }
      this.end();
      return;
    }
    const stream = body as { pipe?: (to: unknown) => void };
    if (typeof body === "object" && typeof stream.pipe === "function") {
      if (!this.getHeader("Content-Type")) this.setHeader("Content-Type", "application/octet-stream");
      this.piped = true;
      stream.pipe(this);
      return;
    }
    const bytes = body instanceof Uint8Array;
    const structured = !bytes && (typeof body === "object" || typeof body === "number" || typeof body === "boolean");
    const payload: Chunk = bytes ? body : structured ? JSON.stringify(body) : String(body);
    const etag = etagOf(payload);
    this.setHeader("ETag", etag);
    if (isFresh(this.message.headers, etag)) {
      this.statusCode = 304;
      for (const name of ["Content-Type", "Content-Length", "Transfer-Encoding"]) this.removeHeader(name);
      this.end();
      return;
    }
    if (bytes && !this.getHeader("Content-Type")) this.setHeader("Content-Type", "application/octet-stream");
    if (structured) this.setHeader("Content-Type", json);
    // Content-Length is the server's to say: it knows the encoded length.
    this.end(payload);
  }
  redirect(statusOrUrl: number | string, url?: string): this {
    const status = typeof statusOrUrl === "string" ? 307 : statusOrUrl;
    const to = typeof statusOrUrl === "string" ? statusOrUrl : url;
    if (typeof status !== "number" || typeof to !== "string") {
      throw new Error("Invalid redirect arguments. Give a URL, as in res.redirect('/to'), or a status and a URL, as in res.redirect(307, '/to').");
    }
    this.writeHead(status, { Location: to });
    this.end(to);
    return this;
  }
  setPreviewData(data: unknown, options?: { maxAge?: number; path?: string }): this {
    setPreviewData(this, this.input.previewKeys, data, options);
    return this;
  }
  clearPreviewData(options?: { path?: string }): this {
    clearPreviewData(this, options);
    return this;
  }
  setDraftMode(options: { enable: boolean } = { enable: true }): this {
    setDraftMode(this, this.input.previewKeys, options.enable);
    return this;
  }
  async revalidate(path: string, options: { unstable_onlyGenerated?: boolean } = {}): Promise<void> {
    if (typeof path !== "string" || !path.startsWith("/")) {
      throw new Error(`Invalid urlPath provided to revalidate(), must be a path e.g. /blog/post-1, received ${String(path)}`);
    }
    try {
      await hostAsync("onward.revalidate", JSON.stringify({ path, onlyGenerated: options.unstable_onlyGenerated === true }));
    } catch (error) {
      throw new Error(`Failed to revalidate ${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function meta(status: number, statusText: string | undefined, headers: string[]): string {
  return JSON.stringify({ status, statusText, headers });
}

function warnOfLength(sent: number, limit: unknown, url: string): void {
  if (limit === false) return;
  const bytes = bytesOf(limit) ?? responseLimit;
  if (sent < bytes) return;
  console.warn(`API response for ${url} exceeds ${formatBytes(bytes)}. API routes are for quick answers: send large files by other means, or set responseLimit.`);
}
