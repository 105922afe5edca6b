/**
 * Pages that are not part of the document: the build manifest says which files
 * a page has, its entry registers it, its data has a URL.
 */
import { clientConfig } from "../next/client-config";
import type { Query } from "../next/context";
import { interpolateRoute, isDynamicRoute } from "../next/dynamic-route";
import { addLocale } from "../next/locale";
import { parsePath, removeTrailingSlash } from "../next/path";
import { formatUrl, parseRelativeUrl } from "../next/url";
import { registered } from "./entries";
import type { DevClient } from "./dev/client";
import type { PageModule } from "./entries";
import type { Rewrites } from "./rewrites";

declare const process: { env: { NODE_ENV?: string } };

export interface Page {
  module: PageModule;
  /** Stylesheets, loaded but for the first page not yet applied. */
  styles: HTMLLinkElement[];
}

export interface BuildManifest {
  sortedPages: string[];
  __rewrites?: Rewrites;
  [route: string]: string[] | unknown;
}
/** What a script of the build puts into the window, by name. */
interface Manifests {
  __BUILD_MANIFEST: BuildManifest;
  __SSG_MANIFEST: Set<string>;
  __MIDDLEWARE_MATCHERS: { regexp: string }[];
}
type ManifestCallbacks = { [K in keyof Manifests as `${K}_CB`]?: () => void };
declare global {
  interface Window extends Partial<Manifests>, ManifestCallbacks {}
}

/** Something the build made is not there: the page must be loaded as a document. */
export class AssetError extends Error {}

/** How long to wait for the manifests, in milliseconds. */
const patience = 3800;

/** Waits for a manifest. Rejects with AssetError when it does not come. */
export function manifest<K extends keyof Manifests>(name: K): Promise<Manifests[K]> {
  return new Promise((resolve, reject) => {
    const found = () => self[name] as Manifests[K] | undefined;
    const now = found();
    if (now) return resolve(now);
    const callbacks: Record<string, (() => void) | undefined> = self as any;
    const old = callbacks[name + "_CB"];
    callbacks[name + "_CB"] = () => {
      resolve(found()!);
      old?.();
    };
    setTimeout(() => reject(new AssetError(`${name} did not load`)), patience);
  });
}
export const buildManifest = () => manifest("__BUILD_MANIFEST");
export const ssgManifest = () => manifest("__SSG_MANIFEST");

/** Where built files are, with trailing "/_next/". */
let assets = "/_next/";
export function setAssetPrefix(prefix: string): void {
  assets = prefix + "/_next/";
}

function assetUrl(file: string): string {
  const { deploymentId } = clientConfig();
  const url = assets + file.split("/").map(encodeURIComponent).join("/");
  // Modules import each other by bare names; with a query one would run twice.
  return deploymentId && !file.endsWith(".js") ? url + "?dpl=" + deploymentId : url;
}

async function filesOf(route: string): Promise<string[]> {
  const files = (await buildManifest())[route];
  if (!Array.isArray(files)) throw new AssetError(`There is no page ${route}.`);
  return files;
}

const links = new Map<string, HTMLLinkElement>();
const loadedStyles = new WeakMap<HTMLLinkElement, Promise<void>>();

/** A stylesheet of a page; not applied until applyStyles. */
function styleLink(href: string): HTMLLinkElement {
  let link = links.get(href);
  // In development another version of it may have taken its place.
  if (link && (process.env.NODE_ENV === "production" || link.isConnected)) return link;
  link = [...document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]")].find((l) =>
    isStyle(l, href),
  );
  if (!link) {
    link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    link.media = "not all";
    link.setAttribute("fetchpriority", "high");
    link.setAttribute("data-n-p", "");
    const { crossOrigin } = clientConfig();
    if (crossOrigin) link.crossOrigin = crossOrigin;
    const made = link;
    const loaded = new Promise<void>((resolve, reject) => {
      made.onload = () => resolve();
      made.onerror = () => {
        links.delete(href);
        made.remove();
        reject(new AssetError(`Failed to load stylesheet: ${href}`));
      };
    });
    loaded.catch(() => {});
    loadedStyles.set(made, loaded);
    document.head.insertBefore(made, document.querySelector("noscript[data-n-css]"));
  }
  links.set(href, link);
  return link;
}

function isStyle(link: HTMLLinkElement, href: string): boolean {
  if (process.env.NODE_ENV !== "production" && self.__onward) return self.__onward.isSameStyle(link.href, href);
  return link.getAttribute("href") === href;
}

/** Applies the stylesheets of the page that is shown now and of the app, and no others. */
export function applyStyles(styles: HTMLLinkElement[]): void {
  for (const link of document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet][data-n-p]")) {
    const applies =
      process.env.NODE_ENV === "production"
        ? styles.includes(link)
        : styles.some((style) => isStyle(style, link.href));
    link.media = applies ? "" : "not all";
  }
}

const pages = new Map<string, Promise<Page>>();

/** Loads a page's scripts and styles. Rejects with AssetError when one is missing. */
export function loadPage(route: string): Promise<Page> {
  if (process.env.NODE_ENV !== "production" && self.__onward) return loadLive(self.__onward, route);
  let page = pages.get(route);
  if (!page) {
    page = load(route);
    pages.set(route, page);
    // A failure is not final: the network may come back.
    page.catch(() => pages.delete(route));
  }
  return page;
}

/**
 * In development: pages change, and their scripts are not modules. A page whose
 * code throws is loaded as a document, in which the server shows why.
 */
async function loadLive(dev: DevClient, route: string): Promise<Page> {
  try {
    if (!registered.has(route)) {
      for (const file of await filesOf(route)) await dev.script(assetUrl(file));
    }
    const styles = dev.stylesOf(route).map(styleLink);
    await Promise.all(styles.map((link) => loadedStyles.get(link)));
    const module = registered.get(route);
    if (!module) throw new Error("its script did not register it");
    return { module: module(), styles };
  } catch (err) {
    throw err instanceof AssetError ? err : new AssetError(`Failed to load page ${route}: ${err}`);
  }
}

async function load(route: string): Promise<Page> {
  // Pages without an entry in the manifest (_app, _error) come with the document.
  let files: string[];
  try {
    files = await filesOf(route);
  } catch (err) {
    if (!registered.has(route)) throw err;
    files = [];
  }
  const styles = files.filter((f) => f.endsWith(".css")).map((f) => styleLink(assetUrl(f)));
  const loading = styles.map((link) => loadedStyles.get(link));
  try {
    if (!registered.has(route)) {
      const scripts = files.filter((f) => f.endsWith(".js"));
      // Shared chunks are only fetched ahead: the entry's imports run them in order.
      const entries = scripts.filter((f) => f.includes("/chunks/pages/"));
      for (const file of scripts)
        if (entries.length && !entries.includes(file)) addLink("modulepreload", file);
      await Promise.all((entries.length ? entries : scripts).map((f) => import(assetUrl(f))));
    }
    await Promise.all(loading);
  } catch (err) {
    throw err instanceof AssetError ? err : new AssetError(`Failed to load page ${route}: ${err}`);
  }
  const module = registered.get(route);
  if (!module) throw new AssetError(`The script of page ${route} did not register it.`);
  return { module: module(), styles };
}

/** Fetches a page's files at low priority without running them. */
export async function prefetchPage(route: string): Promise<void> {
  const { saveData, effectiveType } =
    (navigator as { connection?: { saveData?: boolean; effectiveType?: string } }).connection ?? {};
  if (saveData || /2g/.test(effectiveType ?? "") || pages.has(route) || registered.has(route)) return;
  for (const file of await filesOf(route)) addLink("prefetch", file);
}

function addLink(rel: "prefetch" | "modulepreload", file: string): void {
  const href = assetUrl(file);
  if (document.querySelector(`link[href="${href}"],script[src="${href}"]`)) return;
  const link = document.createElement("link");
  link.rel = rel;
  link.as = file.endsWith(".css") ? "style" : "script";
  const { crossOrigin } = clientConfig();
  // Module scripts are fetched with CORS; without this the cache would not match.
  if (crossOrigin || link.as === "script") link.crossOrigin = crossOrigin ?? "anonymous";
  link.href = href;
  document.head.append(link);
}

/** URL of the data of an address (path without basePath and locale); `query` is its query, params included. */
export function dataUrl(buildId: string, path: string, query: Query, locale?: string): string {
  const localised = removeTrailingSlash(addLocale(parsePath(path).pathname, locale));
  const file =
    localised === "/" ? "/index" : /^\/index(\/|$)/.test(localised) ? "/index" + localised : localised;
  const { basePath } = clientConfig();
  return `${basePath}/_next/data/${buildId}${file}.json${formatUrl({ query })}`;
}

/** URL of a page's data: `asPath` gives the params that `query` lacks. */
export function pageDataUrl(
  buildId: string,
  route: string,
  query: Query,
  asPath: string,
  locale?: string,
): string {
  const { pathname } = parseRelativeUrl(asPath);
  const path = isDynamicRoute(route) ? (interpolateRoute(route, pathname, query)?.path ?? "") : route;
  return dataUrl(buildId, path, query, locale);
}
