/**
 * The few path functions that every page needs at once: basePath, trailing
 * slash, query strings. Apart from url.ts so that the first load stays small.
 */
import { clientConfig } from "./client-config";

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
  return (path.endsWith("/") ? path.slice(0, -1) : path) || "/";
}

/** Applies the `trailingSlash` setting; a path that ends in a file name never gets one. */
export function normalizeTrailingSlash(path: string): string {
  if (!path.startsWith("/")) return path;
  const { pathname, query, hash } = parsePath(path);
  const bare = removeTrailingSlash(pathname);
  const slash = clientConfig().trailingSlash && !/\.[^/]+$/.test(bare) && bare !== "/";
  return bare + (slash ? "/" : "") + query + hash;
}

export function hasPrefix(path: string, prefix: string): boolean {
  const { pathname } = parsePath(path);
  return pathname === prefix || pathname.startsWith(prefix + "/");
}

export function addPrefix(path: string, prefix: string): string {
  return prefix && path.startsWith("/") ? prefix + path : path;
}

export function hasBasePath(path: string): boolean {
  return hasPrefix(path, clientConfig().basePath);
}

/** basePath in front (unless the app does that itself), trailing slash as configured. */
export function addBasePath(path: string): string {
  const { basePath, manualClientBasePath } = clientConfig();
  return normalizeTrailingSlash(manualClientBasePath ? path : addPrefix(path, basePath));
}

export function removeBasePath(path: string): string {
  const { basePath } = clientConfig();
  if (!basePath || !hasBasePath(path)) return path;
  const rest = path.slice(basePath.length);
  return rest.startsWith("/") ? rest : "/" + rest;
}

/** Arrays repeat their key; strings, finite numbers and booleans as text; anything else is empty. */
export function queryToSearch(query: Record<string, unknown>): URLSearchParams {
  const params = new URLSearchParams();
  const text = (v: unknown) =>
    typeof v === "string" || (typeof v === "number" && !isNaN(v)) || typeof v === "boolean" ? String(v) : "";
  for (const key of Object.keys(query)) {
    const value = query[key];
    if (Array.isArray(value)) for (const item of value) params.append(key, text(item));
    else params.set(key, text(value));
  }
  return params;
}
