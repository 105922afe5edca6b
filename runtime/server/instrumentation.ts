/**
 * The app's instrumentation file: `register`, which ends before the worker's first
 * request begins, and `onRequestError`, which hears what requests fail with. A build
 * has no instrumentation: its Boot names none.
 */
import { require, type Handler, type Job } from "../platform/index";
import { current, fileOf } from "./app";
import type { RequestInfo } from "./protocol";

interface Instrumentation {
  register?: () => unknown;
  onRequestError?: (error: unknown, request: object, context: object) => unknown;
}

/** What kind of code failed. */
export type RouteType = "render" | "route" | "proxy";

let loaded: Instrumentation | undefined;
let pending: Promise<void> | undefined;

/** Begins to register, for a new boot. What fails here fails every Job. */
export function startInstrumentation(): void {
  loaded = pending = undefined;
  const { instrumentation, distDir } = current();
  if (!instrumentation) return;
  pending = register(fileOf(distDir, instrumentation));
  pending.then(
    () => (pending = undefined),
    (error: unknown) => console.error("An error occurred while loading instrumentation hook:", error),
  );
}

async function register(file: string): Promise<void> {
  loaded = require(file) as Instrumentation;
  await loaded.register?.();
}

/** Makes a Job wait for `register`, and its failure known to `onRequestError`. */
export function instrumented(type: RouteType, run: Handler): Handler {
  const attempt = (job: Job): void | Promise<void> => {
    if (!loaded?.onRequestError) return run(job);
    return (async () => run(job))().catch(async (error: unknown) => {
      await requestFailed(type, job, error);
      throw error;
    });
  };
  return (job) => (pending ? pending.then(() => attempt(job)) : attempt(job));
}

/** Tells `onRequestError`; never throws. */
export async function requestFailed(type: RouteType, job: Job, error: unknown): Promise<void> {
  if (!loaded?.onRequestError || job.aborted) return;
  try {
    const { request, context } = describe(type, job);
    await loaded.onRequestError(error, request, context);
  } catch (failure) {
    console.error("onRequestError of the instrumentation file failed:", failure);
  }
}

/** The inputs of all Jobs that instrumented code runs in, as far as they are the same. */
interface Input extends Partial<Pick<RequestInfo, "url" | "method" | "headers">> {
  route?: string;
  req?: RequestInfo;
  asPath?: string;
  reason?: string;
}

function inputOf(job: Job): Input {
  const end = job.input.indexOf("\n");
  if (end < 0) return JSON.parse(job.input) as Input;
  // Middleware and edge routes have their headers on a line of their own.
  return { ...(JSON.parse(job.input.slice(0, end)) as Input), headers: JSON.parse(job.input.slice(end)) as string[] };
}

function describe(type: RouteType, job: Job): { request: object; context: object } {
  const input = inputOf(job);
  const { url, method, headers } = input.req ?? input;
  const fields: Record<string, string | string[]> = {};
  for (let i = 0; headers && i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase();
    const before = fields[name];
    fields[name] = before === undefined ? headers[i + 1]! : [before, headers[i + 1]!].flat();
  }
  const again = input.reason === "stale" || input.reason === "on-demand" ? { revalidateReason: input.reason } : undefined;
  let path = url ?? input.asPath;
  if (type === "proxy" && path !== undefined) {
    // Middleware sees whole URLs.
    const { pathname, search } = new URL(path);
    path = pathname + search;
  }
  return {
    request: { path, headers: fields, method: method ?? "GET" },
    context: {
      routerKind: "Pages Router",
      routePath: input.route ?? "/proxy",
      routeType: type,
      ...again,
    },
  };
}
