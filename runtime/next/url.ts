/**
 * URLs as the router and links see them: basePath, trailing slash, locale
 * prefixes, query strings. Pure but for the app's config; used on both sides.
 *
 * Words: `href` names a page (its pattern and query), `as` is what the address
 * bar shows.
 */
import { clientConfig } from "./client-config";
import { findDomain, splitLocale } from "./locale";
import { hasBasePath, normalizeTrailingSlash, queryToSearch } from "./path";
import type { DomainLocale, Url, UrlObject } from "./context";
import { interpolateRoute, isDynamicRoute } from "./dynamic-route";

/** Absolute URL of a path on the domain that owns the locale; undefined when none does. */
export function domainHref(
  path: string,
  locale: string | false | undefined,
  locales: readonly string[] | undefined,
  domains: readonly DomainLocale[] | undefined,
): string | undefined {
  if (!clientConfig().i18n) return;
  const target = locale || splitLocale(path, locales).locale;
  const domain = target && findDomain(domains, undefined, target);
  if (!domain) return;
  const final = target === domain.defaultLocale ? "" : "/" + target;
  return `http${domain.http ? "" : "s"}://${domain.domain}${clientConfig().basePath}${normalizeTrailingSlash(final + path)}`;
}

/** Whether it names a scheme ("https:", "mailto:"); "//host" does not count. */
export function isAbsoluteUrl(url: string): boolean {
  return /^[a-z][a-z\d+\-.]*:/i.test(url);
}

/** Whether the router may handle it: relative, or of this origin and below basePath. */
export function isLocalUrl(url: string): boolean {
  if (!isAbsoluteUrl(url)) return true;
  try {
    const parsed = new URL(url, location.origin);
    return parsed.origin === location.origin && hasBasePath(parsed.pathname);
  } catch {
    return false;
  }
}

/** Browsers ignore white space and control characters inside a scheme; so does this. */
export function isScriptUrl(url: string): boolean {
  return /^[\u0000- ]*j[\r\n\t]*a[\r\n\t]*v[\r\n\t]*a[\r\n\t]*s[\r\n\t]*c[\r\n\t]*r[\r\n\t]*i[\r\n\t]*p[\r\n\t]*t[\r\n\t]*:/i.test(
    url,
  );
}

/** Repeated keys become arrays. */
export function searchToQuery(params: URLSearchParams): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  for (const [key, value] of params) {
    const old = Object.hasOwn(query, key) ? query[key] : undefined;
    const next = old === undefined ? value : Array.isArray(old) ? [...old, value] : [old, value];
    if (key === "__proto__") {
      Object.defineProperty(query, key, {
        value: next,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    } else query[key] = next;
  }
  return query;
}

/** A URL object as text, by the rules of Node.js's url.format. */
export function formatUrl(url: UrlObject): string {
  const { hostname } = url;
  let protocol = url.protocol || "";
  let pathname = url.pathname || "";
  let hash = url.hash || "";
  const query = url.query || "";
  let host = "";
  const auth = url.auth ? encodeURIComponent(url.auth).replace(/%3A/i, ":") + "@" : "";
  if (url.host) host = auth + url.host;
  else if (hostname) {
    host = auth + (hostname.includes(":") ? `[${hostname}]` : hostname) + (url.port ? ":" + url.port : "");
  }
  const text = typeof query === "object" ? String(queryToSearch(query)) : query;
  let search = url.search || (text && "?" + text) || "";
  if (protocol && !protocol.endsWith(":")) protocol += ":";
  if (url.slashes || ((!protocol || /^(https?|ftp|gopher|file):$/.test(protocol)) && host)) {
    host = "//" + host;
    if (pathname && pathname[0] !== "/") pathname = "/" + pathname;
  }
  if (hash && hash[0] !== "#") hash = "#" + hash;
  if (search && search[0] !== "?") search = "?" + search;
  pathname = pathname.replace(/[?#]/g, encodeURIComponent);
  return protocol + host + pathname + search.replace("#", "%23") + hash;
}

export function formatHref(url: Url): string {
  return typeof url === "string" ? url : formatUrl(url);
}

export interface RelativeUrl {
  pathname: string;
  query: Record<string, string | string[]>;
  search: string;
  hash: string;
  /** Path with query and hash. */
  href: string;
}

/** Parses a path against the page's URL. Throws for another origin. */
export function parseRelativeUrl(url: string, base?: string): RelativeUrl {
  const origin = typeof window === "undefined" ? "http://n" : location.origin;
  const start = base
    ? new URL(base, origin)
    : url.startsWith(".") && origin !== "http://n"
      ? location.href
      : origin;
  const parsed = url.startsWith("/") ? new URL(origin + url) : new URL(url, start);
  if (parsed.origin !== origin) {
    throw new Error(`The router was given "${url}", which is a URL of another site.`);
  }
  const { pathname, searchParams, search, hash, href } = parsed;
  return { pathname, query: searchToQuery(searchParams), search, hash, href: href.slice(origin.length) };
}

/**
 * A path below the root that the URL parser would leave as it is: no empty,
 * dot or dynamic segments, nothing to be encoded.
 */
const plainPath =
  /^(?=\/)(?:\/[\w~!$&'()*+,;=:@-][\w.~!$&'()*+,;=:@%-]*)*\/?(?:\?[\w.~!$&()*+,;=:@/?%-]*)?(?:#[\w.~!$&'()*+,;=:@/?%-]*)?$/;

/**
 * Resolves an href against the page that is shown. The first result keeps a
 * dynamic pattern, the second is the URL to show when the query filled it in.
 */
export function resolveHref(
  page: { pathname: string; asPath: string },
  href: Url,
): [href: string, as?: string] {
  let text = formatHref(href);
  // Most links; on a page of a thousand, parsing them takes longer than rendering.
  if (plainPath.test(text)) return [normalizeTrailingSlash(text)];
  const scheme = /^[a-z][a-z\d+\-.]*:\/\//i.exec(text)?.[0] ?? "";
  const path = text.slice(scheme.length).split("?", 1)[0]!;
  if (/(\/\/|\\)/.test(path)) {
    console.error(
      `Invalid href "${text}" given to the router in page "${page.pathname}": repeated slashes and backslashes are not allowed; they were collapsed.`,
    );
    const tail = text.slice(scheme.length + path.length);
    text = scheme + path.replace(/\\/g, "/").replace(/\/\/+/g, "/") + tail;
  }
  if (!isLocalUrlOn(text)) return [text];
  let base: URL;
  try {
    base = new URL(text.startsWith("#") ? page.asPath : page.pathname, "http://n");
  } catch {
    base = new URL("/", "http://n");
  }
  try {
    const final = new URL(text, base);
    final.pathname = normalizeTrailingSlash(final.pathname);
    let as = "";
    if (isDynamicRoute(final.pathname)) {
      const query = searchToQuery(final.searchParams);
      const filled = interpolateRoute(final.pathname, final.pathname, query);
      if (filled) {
        for (const name of filled.params) delete query[name];
        as = formatUrl({ pathname: normalizeTrailingSlash(filled.path), hash: final.hash, query });
      }
    }
    const resolved = final.origin === base.origin ? final.href.slice(final.origin.length) : final.href;
    return as ? [resolved, as] : [resolved];
  } catch {
    return [text];
  }
}

function isLocalUrlOn(url: string): boolean {
  return typeof window === "undefined" ? !isAbsoluteUrl(url) : isLocalUrl(url);
}
