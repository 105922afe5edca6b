/**
 * `next/navigation` in pages: the hooks that read the URL, from the page's
 * router. What needs the App Router throws and says so.
 */
import { useContext, useMemo } from "react";
import { RouterContext } from "./context";
import type { NextRouter } from "./context";
import { isDynamicRoute, matchRoute, routeParams } from "./dynamic-route";

/** A URLSearchParams that cannot be changed. */
export class ReadonlyURLSearchParams extends URLSearchParams {
  append(): never {
    return readonly();
  }
  delete(): never {
    return readonly();
  }
  set(): never {
    return readonly();
  }
  sort(): never {
    return readonly();
  }
}
function readonly(): never {
  throw new Error(
    "The result of useSearchParams() cannot be changed. Make a URLSearchParams of it and change that.",
  );
}

function pathOf(asPath: string): string {
  return asPath.split(/[?#]/, 1)[0]!;
}

/** The page's path without query; null while it is not known (fallback, dynamic page not ready). */
export function usePathname(): string | null {
  const router = useContext(RouterContext);
  if (!router) return null;
  const open = isDynamicRoute(router.pathname) && (router.isFallback || !router.isReady);
  return open ? null : pathOf(router.asPath);
}

function searchOf(router: NextRouter | null): string {
  if (!router?.isReady) return "";
  return /\?([^#]*)/.exec(router.asPath)?.[1] ?? "";
}

/** The page's query string, read-only; empty while it is not known, null outside a page. */
export function useSearchParams(): ReadonlyURLSearchParams | null {
  const router = useContext(RouterContext);
  const search = searchOf(router);
  const outside = !router;
  return useMemo(() => (outside ? null : new ReadonlyURLSearchParams(search)), [search, outside]);
}

/** The route's params; null while they are not known and outside a page. */
export function useParams(): Record<string, string | string[]> | null {
  const router = useContext(RouterContext);
  return useMemo(() => {
    if (!router?.isReady) return null;
    const { pathname, asPath, query } = router;
    const params = matchRoute(pathname, pathOf(asPath));
    if (params) return params;
    // The address bar may show another path (rewrites, `as`): the query has the values then.
    return Object.fromEntries(
      routeParams(pathname).flatMap(({ name }) => {
        const value = query[name];
        return value === undefined ? [] : [[name, value]];
      }),
    );
  }, [router]);
}

function appRouterOnly(name: string, instead: string): never {
  throw new Error(`${name}() of next/navigation works under the App Router only. In a page ${instead}.`);
}

export function useRouter(): never {
  return appRouterOnly("useRouter", "import useRouter from next/router");
}
export function useSelectedLayoutSegment(): null {
  return null;
}
export function useSelectedLayoutSegments(): null {
  return null;
}
export function redirect(): never {
  return appRouterOnly(
    "redirect",
    "return {redirect} from getServerSideProps or getStaticProps, or call router.replace",
  );
}
export function permanentRedirect(): never {
  return appRouterOnly(
    "permanentRedirect",
    "return {redirect: {destination, permanent: true}} from getServerSideProps or getStaticProps",
  );
}
export function notFound(): never {
  return appRouterOnly("notFound", "return {notFound: true} from getServerSideProps or getStaticProps");
}
