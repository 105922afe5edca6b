/**
 * Page patterns ("/posts/[id]", "/docs/[...slug]", "/[[...all]]") against
 * paths, both ways. Pure; used by links on both sides and by the router.
 */

export type RouteParams = Record<string, string | string[]>;

interface Param {
  name: string;
  /** "[...x]": an array of segments. */
  repeat: boolean;
  /** "[[...x]]": may be absent. */
  optional: boolean;
}

const shape = /^\[(?:\[(\.\.\.)([^\]]+)\]|(\.\.\.)?([^\]]+))\]$/;

function paramOf(segment: string): Param | undefined {
  const m = shape.exec(segment);
  return m ? { name: (m[2] || m[4])!, repeat: !!(m[1] || m[3]), optional: m[2] !== undefined } : undefined;
}

function segmentsOf(path: string): string[] {
  return path.split("/").filter(Boolean);
}

/** Whether a page pattern has parameters. */
export function isDynamicRoute(route: string): boolean {
  return route.includes("[") && segmentsOf(route).some((s) => paramOf(s));
}

/** The parameters of a pattern, in order. */
export function routeParams(route: string): Param[] {
  return segmentsOf(route).flatMap((s) => paramOf(s) ?? []);
}

/**
 * Params of a concrete, still encoded path; undefined when the pattern does not
 * match or a value is not valid percent-encoding. An absent optional param has no key.
 */
export function matchRoute(route: string, pathname: string): RouteParams | undefined {
  const want = segmentsOf(route);
  const have = segmentsOf(pathname);
  const params: RouteParams = {};
  let i = 0;
  try {
    for (const segment of want) {
      const param = paramOf(segment);
      if (!param) {
        if (have[i++] !== segment) return;
      } else if (param.repeat) {
        const rest = have.slice(i).map(decodeURIComponent);
        i = have.length;
        if (rest.length) params[param.name] = rest;
        else if (!param.optional) return;
      } else {
        const value = have[i++];
        if (value === undefined) return;
        params[param.name] = decodeURIComponent(value);
      }
    }
  } catch {
    return;
  }
  return i === have.length ? params : undefined;
}

/**
 * The path of a pattern with its params filled in and encoded, and the names
 * used; undefined when one is missing. Values come from `pathname` when it is a
 * concrete path of the pattern, else from `query`.
 */
export function interpolateRoute(
  route: string,
  pathname: string,
  query: Record<string, unknown>,
): { path: string; params: string[] } | undefined {
  const values: Record<string, unknown> = (pathname !== route && matchRoute(route, pathname)) || query;
  const params: string[] = [];
  const out: string[] = [];
  for (const segment of segmentsOf(route)) {
    const param = paramOf(segment);
    if (!param) {
      out.push(segment);
      continue;
    }
    params.push(param.name);
    const value = values[param.name];
    if (!param.optional && !(param.name in values)) return;
    if (!value && !param.optional) return;
    const parts = (Array.isArray(value) ? value : value ? [value] : []).map((v) =>
      encodeURIComponent(String(v)),
    );
    if (param.repeat ? !parts.length && !param.optional : parts.length !== 1) return;
    out.push(...parts);
  }
  return { path: "/" + out.join("/"), params };
}
