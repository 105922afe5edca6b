/** Requests for page data, each URL at most once at a time, static data once. */
import { clientConfig } from "../next/client-config";
import { AssetError } from "./page-loader";

/** Top-level props of a page, or that there is no such page. */
export interface PageData {
  pageProps?: Record<string, any>;
  __N_SSG?: boolean;
  __N_SSP?: boolean;
  __N_PREVIEW?: boolean;
  notFound?: boolean;
  [key: string]: unknown;
}

/** The server's answer; headers tell what a middleware did. */
export interface DataAnswer {
  /** Undefined when the answer is not the data of a page. */
  json?: PageData;
  header(name: string): string | null;
}

export interface DataRequest {
  url: string;
  /** Keep the answer until the document goes. */
  keep: boolean;
  prefetch?: boolean;
  /** Ask the server even if an answer is kept, and keep the new one when it is there. */
  refresh?: boolean;
  /** The page came with the document: try again on a server error, and do not load the document again. */
  first?: boolean;
  /** A middleware looks at this address: its redirects and pages without data are answers too. */
  guarded?: boolean;
  /** Only the headers are wanted. */
  head?: boolean;
}

declare const process: { env: { NODE_ENV?: string } };

/** Answers kept at most; the oldest goes first. */
const maxKept = 500;
const cache = new Map<string, Promise<DataAnswer>>();
const heads = new Map<string, Promise<DataAnswer>>();

async function request(options: DataRequest, tries: number): Promise<Response> {
  const { url, prefetch, guarded, head } = options;
  const { deploymentId } = clientConfig();
  const response = await fetch(url, {
    credentials: "same-origin",
    method: head ? "HEAD" : "GET",
    headers: {
      ...(prefetch ? { purpose: "prefetch" } : {}),
      ...(prefetch && guarded ? { "x-middleware-prefetch": "1" } : {}),
      ...(deploymentId ? { "x-deployment-id": deploymentId } : {}),
      "x-nextjs-data": "1",
    },
  });
  return !response.ok && tries > 1 && response.status >= 500 ? request(options, tries - 1) : response;
}

async function get(options: DataRequest): Promise<DataAnswer> {
  const { url, first, guarded, head } = options;
  const fail = (reason: string) => {
    const text = `Failed to load page data: ${reason}`;
    return first ? new Error(text) : new AssetError(text);
  };
  let response: Response;
  let text: string;
  try {
    response = await request(options, first ? 3 : 1);
    text = head ? "" : await response.text();
  } catch (err) {
    throw fail(String(err));
  }
  const header = (name: string) => response.headers.get(name);
  let json: PageData | undefined;
  try {
    json = JSON.parse(text);
  } catch {
    // Not the data of a page; the document will tell.
  }
  if (response.ok) {
    const deployment = header("x-nextjs-deployment-id");
    // The page that would show this data may not be that of the new deployment.
    if (deployment !== null && deployment !== (clientConfig().deploymentId ?? ""))
      throw fail("it is of another deployment");
    if (json || head || guarded) return { json, header };
  }
  if (guarded && [301, 302, 307, 308].includes(response.status)) return { json: {}, header };
  if (response.status === 404 && json?.notFound) return { json: { notFound: true }, header };
  throw fail(`${response.status} ${url}`);
}

/** Data of a page. Rejects with AssetError where only a document can help. */
export function fetchData(options: DataRequest): Promise<DataAnswer> {
  // In development every answer may be another one.
  if (process.env.NODE_ENV !== "production") return get(options);
  const { url, keep, refresh, head } = options;
  const answers = head ? heads : cache;
  const known = answers.get(url);
  if (known && !(refresh && keep)) return known;
  const data = get(options);
  const store = () => {
    answers.set(url, data);
    if (answers.size > maxKept) answers.delete(answers.keys().next().value!);
    const forget = () => answers.get(url) === data && answers.delete(url);
    data.then((answer) => {
      if (!keep || head || answer.header("x-middleware-cache") === "no-cache") forget();
    }, forget);
  };
  if (known) data.then(store, () => {});
  else store();
  return data;
}

/** Drops a kept answer: that of a prefetch which the server answered without data, or of a page rendered per request. */
export function forgetData(url: string): void {
  cache.delete(url);
}

/** Lets the server know that a static page was shown, so that it may renew it. The answer does not matter. */
export function touchData(url: string): void {
  if (process.env.NODE_ENV !== "production") return;
  fetchData({ url, keep: false, head: true }).catch(() => {});
}
