/**
 * Rewrites of next.config in the browser: which page an address shows. Only apps
 * with rewrites load this. What the browser cannot know (headers of the request,
 * cookies it may not read) counts as absent; the server would tell.
 */
import { splitLocale } from "../next/locale";
import { removeTrailingSlash } from "../next/path";
import { parseRelativeUrl, searchToQuery } from "../next/url";
import type { Query } from "../next/context";
import type { BuildManifest } from "./page-loader";
import { fillPattern, fillText, matchPattern, patternNames } from "./path-pattern";
import type { PathParams } from "./path-pattern";

export interface Condition {
  type: "header" | "cookie" | "query" | "host";
  key?: string;
  /** A regular expression for the whole value; without it any value will do. */
  value?: string;
}
/** As next.config has it. */
export interface Rewrite {
  source: string;
  /** Absent when it leads out of the app. */
  destination?: string;
  has?: Condition[];
  missing?: Condition[];
  /** false: source and destination have the locale in them. */
  locale?: false;
  /** false: the source begins at the root of the host. */
  basePath?: false;
}
export interface Rewrites {
  beforeFiles: Rewrite[];
  afterFiles: Rewrite[];
  fallback: Rewrite[];
}

/** What an address comes to. */
export interface Rewritten {
  /** The address of the page, without basePath and locale. */
  path: string;
  /** The page; undefined when none has this address. */
  route?: string;
  /** It is not of this app. */
  external?: true;
}

function cookie(name: string): string | undefined {
  for (const pair of document.cookie.split("; ")) {
    const at = pair.indexOf("=");
    if (pair.slice(0, at) === name) return pair.slice(at + 1);
  }
  return;
}

function valueOf({ type, key = "" }: Condition, query: Query): string | undefined {
  if (type === "query") {
    const value = query[key];
    return Array.isArray(value) ? value[value.length - 1] : value;
  }
  if (type === "cookie") return cookie(key);
  if (type === "host") return location.hostname.toLowerCase();
  const header = key.toLowerCase();
  return header === "host"
    ? location.hostname
    : header === "user-agent"
      ? navigator.userAgent
      : undefined;
}

/** Whether a condition holds; what its groups match goes into params. */
function holds(condition: Condition, query: Query, params: PathParams): boolean {
  const value = valueOf(condition, query);
  if (!value) return false;
  if (!condition.value) {
    params[(condition.key ?? "").replace(/[^a-zA-Z]/g, "")] = value;
    return true;
  }
  const found = new RegExp(`^${condition.value}$`).exec(value);
  if (!found) return false;
  if (found.groups) Object.assign(params, found.groups);
  else if (condition.type === "host") params.host = found[0];
  return true;
}

function paramsOf(rewrite: Rewrite, path: string, query: Query): PathParams | undefined {
  const params = matchPattern(rewrite.source, path);
  if (!params) return;
  const more: PathParams = {};
  if (!(rewrite.has ?? []).every((c) => holds(c, query, more))) return;
  if ((rewrite.missing ?? []).some((c) => holds(c, query, {}))) return;
  return { ...params, ...more };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** The destination with params in place, and the query it adds; undefined when a param does not fit. */
function destinationOf(
  destination: string,
  params: PathParams,
): { path: string; query: Record<string, string | string[]> } | undefined {
  const [, pattern = "", search = "", hash = ""] = /^([^?#]*)(\?[^#]*)?(#.*)?$/.exec(destination) ?? [];
  const path = fillPattern(pattern, params);
  if (path === undefined) return;
  const query = searchToQuery(new URLSearchParams(search));
  for (const [key, value] of Object.entries(query)) {
    query[key] = Array.isArray(value) ? value.map((v) => fillText(v, params)) : fillText(value, params);
  }
  const used = patternNames(pattern + hash);
  const names = Object.keys(params);
  // Params that the path does not use are told in the query.
  if (!names.some((name) => used.includes(name))) {
    for (const name of names) {
      const value = params[name]!;
      if (!(name in query)) query[name] = Array.isArray(value) ? value.map(decoded) : decoded(value);
    }
  }
  return { path, query };
}

/** What the rewrites need to know of the app. */
export interface RewriteContext {
  basePath: string;
  locale: string | undefined;
  locales: readonly string[] | undefined;
  /** The page of a path. */
  pageOf(path: string): string | undefined;
}

/**
 * Follows the rewrites from an address without basePath and locale. `query` gets
 * what they add.
 */
export function resolveRewrites(
  as: string,
  { __rewrites: rewrites, sortedPages: pages }: BuildManifest,
  query: Query,
  { basePath, locale, locales, pageOf }: RewriteContext,
): Rewritten {
  const start = parseRelativeUrl(as);
  let path = removeTrailingSlash(start.pathname);
  let known: Query = start.query;
  let changed = false;
  let external = false;
  const below = (prefix: string, rest: string) => prefix + (prefix && rest === "/" ? "" : rest);

  /** Applies a rewrite; answers whether it did. */
  const apply = (rewrite: Rewrite): boolean => {
    let whole = path;
    if (locale && (rewrite.locale === false || rewrite.basePath === false)) whole = below("/" + locale, whole);
    if (rewrite.basePath === false) whole = below(basePath, whole);
    const params = paramsOf(rewrite, whole, known);
    if (!params) return false;
    const to = rewrite.destination && destinationOf(rewrite.destination, params);
    if (!to) return (external = true);
    path = removeTrailingSlash(to.path);
    if (rewrite.locale === false) path = removeTrailingSlash(splitLocale(path, locales).pathname);
    Object.assign(query, to.query);
    known = { ...known, ...to.query };
    return (changed = true);
  };
  /** Applies rewrites until one leads to a page, or out of the app. */
  const search = (list: Rewrite[] = []): string | undefined => {
    for (const rewrite of list) {
      if (!apply(rewrite)) continue;
      const page = external ? undefined : pageOf(path);
      if (page || external) return page;
    }
    return;
  };

  for (const rewrite of rewrites?.beforeFiles ?? []) {
    if (!external) apply(rewrite);
  }
  let route: string | undefined;
  if (!external) route = pages.includes(path) ? path : search(rewrites?.afterFiles);
  if (!external) route ??= pageOf(path) ?? search(rewrites?.fallback);
  if (external) return { path: as, external };
  return { path: changed ? path : as, route };
}
