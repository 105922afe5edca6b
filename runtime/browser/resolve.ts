/** From addresses to pages: routes, rewrites, params. */
import { clientConfig } from "../next/client-config";
import type { Query } from "../next/context";
import { interpolateRoute, isDynamicRoute, matchRoute, routeParams } from "../next/dynamic-route";
import { addLocale } from "../next/locale";
import { addBasePath, removeTrailingSlash } from "../next/path";
import { formatUrl, parseRelativeUrl } from "../next/url";
import type { BuildManifest } from "./page-loader";

declare const process: { env: { __NEXT_HAS_REWRITES?: boolean } };

/** The page of a concrete path: itself, or the first dynamic one that matches; undefined when there is none. */
export function pageOf(path: string, pages: string[]): string | undefined {
  const clean = removeTrailingSlash(path);
  if (clean === "/404" || clean === "/_error" || pages.includes(clean)) return clean;
  return pages.find((page) => isDynamicRoute(page) && matchRoute(page, clean));
}

export interface Resolved {
  /** Pattern of the page; undefined when no page has the address. */
  route?: string;
  /** The address that gives the page its params, without basePath and locale. */
  path: string;
  /** A rewrite leads out of the app. */
  external?: true;
}

/**
 * The page of an address. `as` is what the address bar shows and `href` the path
 * of the page, both without basePath and locale; `query` gets what rewrites add.
 */
export async function resolveAddress(
  as: string,
  href: string,
  locale: string | undefined,
  build: BuildManifest,
  query: Query,
  locales: readonly string[] | undefined,
): Promise<Resolved> {
  const find = (path: string) => pageOf(path, build.sortedPages);
  if (!process.env.__NEXT_HAS_REWRITES) return { route: find(href), path: as };
  const { resolveRewrites } = await import("./rewrites");
  const { basePath } = clientConfig();
  return resolveRewrites(as, build, query, { basePath, locale, locales, pageOf: find });
}

function missingParams(route: string, query: Query): string[] {
  return routeParams(route)
    .filter((param) => !param.optional && !query[param.name])
    .map((param) => param.name);
}

/**
 * Params of a dynamic page go into the query; an address that is only the
 * pattern is filled in from it, and the `as` to show then is answered. `path` is
 * the address that gives the params. Throws when there are none, unless the
 * middleware may still have a say (`lenient`).
 */
export function fillIn(
  route: string,
  query: Query,
  path: string,
  prefix: string | false | undefined,
  defaultLocale: string | undefined,
  lenient: boolean,
): string | undefined {
  const shown = parseRelativeUrl(path);
  if (removeTrailingSlash(shown.pathname) !== route) {
    const params = matchRoute(route, shown.pathname);
    const missing = params ? [] : missingParams(route, query);
    if (missing.length && !lenient) {
      throw new Error(
        `The page "${route}" does not fit the path "${shown.pathname}" given as \`as\`, nor does the query of the href have ${missing.join(", ")}.`,
      );
    }
    Object.assign(query, params);
    return;
  }
  const filled = interpolateRoute(route, route, query);
  if (!filled) {
    const missing = missingParams(route, query);
    // The pattern itself was asked for, as a page that waits for its query is.
    if (!missing.length || lenient) return;
    throw new Error(
      `The href "${route}" cannot be filled in: its query has no ${missing.join(", ")}. Give the values in href.query, or a complete path.`,
    );
  }
  const rest: Record<string, unknown> = { ...shown.query };
  for (const name of filled.params) delete rest[name];
  return addBasePath(
    addLocale(formatUrl({ pathname: filled.path, query: rest, hash: shown.hash }), prefix, defaultLocale),
  );
}
