/**
 * Addresses that the app's middleware (or proxy) looks at: the server is asked
 * before the page is shown, since only it knows what the middleware does. Apps
 * without middleware do not load this.
 */
import { clientConfig } from "../next/client-config";
import type { Query } from "../next/context";
import { isDynamicRoute, matchRoute } from "../next/dynamic-route";
import { addLocale, splitLocale } from "../next/locale";
import { addBasePath, normalizeTrailingSlash, parsePath, removeBasePath, removeTrailingSlash } from "../next/path";
import { parseRelativeUrl } from "../next/url";
import type { DataAnswer } from "./data";
import { manifest } from "./page-loader";
import type { BuildManifest } from "./page-loader";
import { pageOf, resolveAddress } from "./resolve";

/** What the middleware made of a request. */
export type Effect =
  | { type: "next" }
  /** Another page is shown: `path` without basePath and locale gives its params. */
  | { type: "rewrite"; route: string; path: string; query: Query }
  /** Another page of the app; `to` has its basePath. */
  | { type: "redirect"; to: string; locale?: string }
  /** Not for this router. */
  | { type: "leave"; to: string };

const patterns = new Map<string, RegExp>();

function pattern(source: string): RegExp {
  let compiled = patterns.get(source);
  if (!compiled) patterns.set(source, (compiled = new RegExp(source)));
  return compiled;
}

/** Whether a matcher of the middleware fits the path; conditions on headers and cookies are the server's. */
export async function matchesMiddleware(as: string, locale: string | undefined): Promise<boolean> {
  const path = addBasePath(addLocale(removeBasePath(parsePath(as).pathname), locale));
  const matchers = await manifest("__MIDDLEWARE_MATCHERS");
  return matchers.some((matcher) => pattern(matcher.regexp).test(path));
}

interface PathInfo {
  pathname: string;
  locale?: string;
}

/** Takes basePath, the wrapping of a data URL and the locale off a path. */
function unwrap(path: string, locales: readonly string[] | undefined): PathInfo {
  let pathname = removeBasePath(path);
  const data = /^\/_next\/data\/[^/]+(\/.*)\.json$/.exec(pathname);
  if (data) pathname = data[1] === "/index" ? "/" : data[1]!.replace(/^\/index(?=\/index(\/|$))/, "");
  return splitLocale(pathname, locales);
}

/** Reads the effect from the answer to a data request. `source` is the URL that was asked. */
export async function effectOf(
  answer: DataAnswer,
  source: string,
  build: BuildManifest,
  locales: readonly string[] | undefined,
  defaultLocale: string | undefined,
): Promise<Effect> {
  const rewrite = answer.header("x-nextjs-rewrite");
  const matched = answer.header("x-matched-path");
  const target =
    rewrite ||
    answer.header("x-nextjs-matched-path") ||
    (matched && !/__next_data_catchall|\/_error|\/404/.test(matched) ? matched : "");
  if (target) {
    if (target.startsWith("/")) return rewritten(target, !!rewrite, source, build, locales);
    // Another site shows this page: only a document can.
    const { pathname, locale } = unwrap(parsePath(source).pathname, locales);
    return { type: "leave", to: addBasePath(addLocale(pathname, locale, defaultLocale)) + parsePath(source).query };
  }
  const redirect = answer.header("x-nextjs-redirect");
  if (!redirect) return { type: "next" };
  if (!redirect.startsWith("/") || redirect.startsWith("//")) return { type: "leave", to: redirect };
  const { pathname, query, hash } = parsePath(redirect);
  const bare = unwrap(pathname, locales);
  return {
    type: "redirect",
    to: addBasePath(addLocale(normalizeTrailingSlash(bare.pathname), bare.locale, defaultLocale)) + query + hash,
    // Without a prefix it is the default one, whatever is shown now.
    ...(clientConfig().i18n ? { locale: bare.locale ?? defaultLocale } : {}),
  };
}

async function rewritten(
  target: string,
  byMiddleware: boolean,
  source: string,
  build: BuildManifest,
  locales: readonly string[] | undefined,
): Promise<Effect> {
  const parsed = parseRelativeUrl(target);
  const query: Query = { ...parsed.query };
  const info = unwrap(parsed.pathname, locales);
  let path = removeTrailingSlash(info.pathname);
  let { locale } = info;
  // A pattern is what the server found; the params stand in the address that was asked.
  if (isDynamicRoute(path) || (!byMiddleware && build.sortedPages.includes(path))) {
    const asked = unwrap(parseRelativeUrl(source).pathname, locales);
    ({ locale } = asked);
    path = removeTrailingSlash(asked.pathname);
  }
  const found = await resolveAddress(path, path, locale, build, query, locales);
  const direct = removeTrailingSlash(info.pathname);
  const route = build.sortedPages.includes(direct) ? direct : (found.route ?? pageOf(direct, build.sortedPages) ?? direct);
  const shown = parsePath(found.path).pathname;
  if (isDynamicRoute(route)) Object.assign(query, matchRoute(route, shown));
  return { type: "rewrite", route, path: shown, query };
}
