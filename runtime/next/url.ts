/**
 * URLs as the router and links see them: basePath, trailing slash, locale
 * prefixes, query strings. Pure but for the app's config; used on both sides.
 *
 * Words: `href` names a page (its pattern and query), `as` is what the address
 * bar shows.
 */
import { clientConfig } from "./client-config";
import type { DomainLocale, Url, UrlObject } from "./context";
import { interpolateRoute, isDynamicRoute } from "./dynamic-route";

export interface PathParts {
  pathname: string;
  /** With "?"; else "". */
  query: string;
  /** With "#"; else "". */
  hash: string;
}

/** Cuts a path at "?" and "#". */
export function parsePath(path: string): PathParts {
  const h = path.indexOf("#");
  const hash = h < 0 ? "" : path.slice(h);
  const rest = h < 0 ? path : path.slice(0, h);
  const q = rest.indexOf("?");
  return q < 0
    ? { pathname: rest, query: "", hash }
    : { pathname: rest.slice(0, q), query: rest.slice(q), hash };
}

export function removeTrailingSlash(path: string): string {
  return path.replace(/\/$/, "") || "/";
}

/** Applies the `trailingSlash` setting; a path that ends in a file name never gets one. */
export function normalizeTrailingSlash(path: string): string {
  if (!path.startsWith("/")) return path;
  const { pathname, query, hash } = parsePath(path);
  const bare = removeTrailingSlash(pathname);
  const slash = clientConfig().trailingSlash && !/\.[^/]+$/.test(bare) && bare !== "/";
  return bare + (slash ? "/" : "") + query + hash;
}

function hasPrefix(path: string, prefix: string): boolean {
  const { pathname } = parsePath(path);
  return pathname === prefix || pathname.startsWith(prefix + "/");
}

function addPrefix(path: string, prefix: string): string {
  return prefix && path.startsWith("/") ? prefix + path : path;
}

export function hasBasePath(path: string): boolean {
  return hasPrefix(path, clientConfig().basePath);
}

/** basePath in front, trailing slash as configured. */
export function addBasePath(path: string): string {
  return normalizeTrailingSlash(addPrefix(path, clientConfig().basePath));
}

export function removeBasePath(path: string): string {
  const { basePath } = clientConfig();
  if (!basePath || !hasBasePath(path)) return path;
  const rest = path.slice(basePath.length);
  return rest.startsWith("/") ? rest : "/" + rest;
}

/** Cuts a leading locale, compared without case; `locale` is the configured spelling. */
export function splitLocale(
  pathname: string,
  locales: readonly string[] | undefined,
): { pathname: string; locale?: string } {
  const first = pathname.split(/[/?#]/, 2)[1];
  const locale = first && locales?.find((l) => l.toLowerCase() === first.toLowerCase());
  return locale ? { pathname: withSlash(pathname.slice(first.length + 1)), locale } : { pathname };
}

function withSlash(path: string): string {
  return path.startsWith("/") ? path : "/" + path;
}

/** Locale in front, but for the default one, API routes and paths that have it. */
export function addLocale(path: string, locale?: string | false, defaultLocale?: string): string {
  if (!clientConfig().i18n || !locale || locale === defaultLocale) return path;
  const lower = path.toLowerCase();
  if (hasPrefix(lower, "/" + locale.toLowerCase()) || hasPrefix(lower, "/api")) return path;
  const { pathname, query, hash } = parsePath(addPrefix(path, "/" + locale));
  return normalizeTrailingSlash(removeTrailingSlash(pathname) + query + hash);
}

export function removeLocale(path: string, locale?: string): string {
  return clientConfig().i18n && locale && hasPrefix(path.toLowerCase(), "/" + locale.toLowerCase())
    ? withSlash(path.slice(locale.length + 1))
    : path;
}

/** The configured domain of a host name or of a locale. */
export function findDomain(
  domains: readonly DomainLocale[] | undefined,
  hostname?: string,
  locale?: string,
): DomainLocale | undefined {
  const wanted = locale?.toLowerCase();
  return domains?.find(
    (d) =>
      d.domain.split(":", 1)[0]!.toLowerCase() === hostname ||
      (wanted &&
        (d.defaultLocale.toLowerCase() === wanted ||
          d.locales?.some((l) => l.toLowerCase() === wanted))),
  );
}

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
      Object.defineProperty(query, key, { value: next, enumerable: true, writable: true, configurable: true });
    } else query[key] = next;
  }
  return query;
}

/** Arrays repeat their key; strings, finite numbers and booleans as text; anything else is empty. */
export function queryToSearch(query: Record<string, unknown>): URLSearchParams {
  const params = new URLSearchParams();
  const text = (v: unknown) =>
    typeof v === "string" || (typeof v === "number" && !isNaN(v)) || typeof v === "boolean"
      ? String(v)
      : "";
  for (const key of Object.keys(query)) {
    const value = query[key];
    if (Array.isArray(value)) for (const item of value) params.append(key, text(item));
    else params.set(key, text(value));
  }
  return params;
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
  const start = base ? new URL(base, origin) : url.startsWith(".") && origin !== "http://n" ? location.href : origin;
  const parsed = url.startsWith("/") ? new URL(origin + url) : new URL(url, start);
  if (parsed.origin !== origin) {
    throw new Error(`The router was given "${url}", which is a URL of another site.`);
  }
  const { pathname, searchParams, search, hash, href } = parsed;
  return { pathname, query: searchToQuery(searchParams), search, hash, href: href.slice(origin.length) };
}

/**
 * Resolves an href against the page that is shown. The first result keeps a
 * dynamic pattern, the second is the URL to show when the query filled it in.
 */
export function resolveHref(
  page: { pathname: string; asPath: string },
  href: Url,
): [href: string, as?: string] {
  let text = formatHref(href);
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
    if (isDynamicRoute(final.pathname) && final.search) {
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
