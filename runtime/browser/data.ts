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

export interface DataRequest {
  url: string;
  /** Keep the answer until the document goes. */
  keep: boolean;
  prefetch?: boolean;
  /** Ask the server even if an answer is kept, and keep the new one when it is there. */
  refresh?: boolean;
  /** The page came with the document: try again on a server error, and do not load the document again. */
  first?: boolean;
}

/** Answers kept at most; the oldest goes first. */
const maxKept = 500;
const cache = new Map<string, Promise<PageData>>();
const heads = new Set<string>();

async function request(url: string, prefetch: boolean, tries: number, method: string): Promise<Response> {
  const { deploymentId } = clientConfig();
  const response = await fetch(url, {
    credentials: "same-origin",
    method,
    headers: {
      ...(prefetch ? { purpose: "prefetch" } : {}),
      ...(deploymentId ? { "x-deployment-id": deploymentId } : {}),
      "x-nextjs-data": "1",
    },
  });
  return !response.ok && tries > 1 && response.status >= 500
    ? request(url, prefetch, tries - 1, method)
    : response;
}

async function get({ url, prefetch = false, first = false }: DataRequest): Promise<PageData> {
  const fail = (reason: string) =>
    first
      ? new Error(`Failed to load page data: ${reason}`)
      : new AssetError(`Failed to load page data: ${reason}`);
  let response: Response;
  let text: string;
  try {
    response = await request(url, prefetch, first ? 3 : 1, "GET");
    text = await response.text();
  } catch (err) {
    throw fail(String(err));
  }
  let json: PageData | undefined;
  try {
    json = JSON.parse(text);
  } catch {
    // Not the data of a page; the document will tell.
  }
  if (response.ok && json) return json;
  if (response.status === 404 && json?.notFound) return { notFound: true };
  throw fail(`${response.status} ${url}`);
}

/** Data of a page. Rejects with AssetError where only a document can help. */
export function fetchData(options: DataRequest): Promise<PageData> {
  const { url, keep, refresh } = options;
  const known = cache.get(url);
  if (known && !(refresh && keep)) return known;
  const data = get(options);
  const store = () => {
    cache.set(url, data);
    if (cache.size > maxKept) cache.delete(cache.keys().next().value!);
    data.then(
      () => keep || cache.delete(url),
      () => cache.delete(url),
    );
  };
  if (known) data.then(store, () => {});
  else store();
  return data;
}

/** Lets the server know that a static page was shown, so that it may renew it. The answer does not matter. */
export function touchData(url: string): void {
  if (heads.has(url)) return;
  heads.add(url);
  request(url, false, 1, "HEAD")
    .catch(() => {})
    .finally(() => heads.delete(url));
}
