/**
 * Job "cache": one operation of the class that `cacheHandler` in next.config
 * names. One object of it lives as long as its worker.
 */
import { require, type Job } from "../platform/index";
import { current } from "./app";
import type { CacheJob, CacheReply, CacheValue } from "./protocol";

/** What user code exports. Every method may be missing, and be synchronous. */
interface CacheHandler {
  get?(key: string, context: Record<string, unknown>): unknown;
  set?(key: string, value: unknown, context: Record<string, unknown>): unknown;
  resetRequestCache?(): void;
}

/** What `get` returns. */
interface Kept {
  value?: { kind?: string; html?: unknown; pageData?: unknown; props?: unknown; headers?: Record<string, unknown>; status?: number } | null;
  lastModified?: number;
  cacheControl?: { revalidate?: number | false; expire?: number };
}

let handler: CacheHandler | undefined;

/** Forgets the object of another boot. */
export function resetCacheHandler(): void {
  handler = undefined;
}

function load({ module, options }: CacheJob): CacheHandler {
  if (handler) return handler;
  const { distDir, dev } = current();
  const exports = require(`${distDir}/${module}`) as { default?: unknown };
  const Handler = (exports.default ?? exports) as new (context: Record<string, unknown>) => CacheHandler;
  if (typeof Handler !== "function") {
    throw new Error("The module that `cacheHandler` of next.config names must export a class: `module.exports = class { get() {} set() {} }`.");
  }
  return (handler = new Handler({
    dev, serverDistDir: `${distDir}/server`, revalidatedTags: [], fetchCacheKeyPrefix: "", _requestHeaders: {}, ...options,
  }));
}

const context = { kind: "PAGES", isRoutePPREnabled: false, isFallback: false };

/** Handler of Job "cache". */
export async function cache(job: Job): Promise<void> {
  const input = JSON.parse(job.input) as CacheJob;
  const store = load(input);
  if (input.operation === "set") {
    const value = input.value!;
    const cacheControl = value.revalidate ? { revalidate: value.revalidate, expire: value.expire } : { revalidate: false };
    await store.set?.(input.key, given(value), { ...context, cacheControl });
    return job.reply("{}");
  }
  store.resetRequestCache?.();
  const kept = (await store.get?.(input.key, { ...context })) as Kept | null | undefined;
  if (!kept) return job.reply("null");
  const { meta, html } = taken(kept);
  job.reply(JSON.stringify(meta), html);
}

/** The value as a handler written for Next.js knows it. */
function given(value: CacheValue): unknown {
  switch (value.kind) {
    case "PAGES":
      return { kind: "PAGES", html: value.html, pageData: value.data, headers: named(value.headers), status: value.status };
    case "REDIRECT":
      return { kind: "REDIRECT", props: value.data };
  }
  return null;
}

/** What is sent back of a value, and its HTML. */
function taken({ value, lastModified, cacheControl }: Kept): { meta: CacheReply; html: string } {
  const meta: CacheReply = {};
  let html = "";
  if (value) {
    meta.kind = String(value.kind);
    meta.data = value.kind === "REDIRECT" ? value.props : value.pageData;
    meta.headers = flat(value.headers);
    if (typeof value.status === "number") meta.status = value.status;
    if (value.html !== undefined && value.html !== null) html = String(value.html);
  }
  if (typeof lastModified === "number") meta.lastModified = Math.trunc(lastModified);
  if (cacheControl && cacheControl.revalidate !== undefined) {
    meta.revalidate = cacheControl.revalidate === false ? 0 : Math.trunc(Number(cacheControl.revalidate));
    if (typeof cacheControl.expire === "number") meta.expire = Math.trunc(cacheControl.expire);
  }
  return { meta, html };
}

/** Flat headers as an object; a repeated name gets a list. */
function named(headers: string[] | undefined): Record<string, string | string[]> | undefined {
  if (!headers?.length) return undefined;
  const out: Record<string, string | string[]> = {};
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i]!;
    const before = Object.hasOwn(out, name) ? out[name]! : undefined;
    const value = before === undefined ? headers[i + 1]! : [...(Array.isArray(before) ? before : [before]), headers[i + 1]!];
    Object.defineProperty(out, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return out;
}

function flat(headers: Record<string, unknown> | undefined): string[] {
  const out: string[] = [];
  for (const [name, value] of Object.entries(headers ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) out.push(name, String(one));
    }
  }
  return out;
}
