/**
 * `next/navigation` in pages: the hooks that read the URL, from the page's
 * router. What needs the App Router throws and says so.
 */
import { useContext, useMemo } from "react";
import { RouterContext } from "./context";
import type { NextRouter } from "./context";
import { isDynamicRoute, routeParams } from "./dynamic-route";

/** A URLSearchParams that cannot be changed. */
export class ReadonlyURLSearchParams extends URLSearchParams {
  override append(): never {
    return readonly();
  }
  override delete(): never {
    return readonly();
  }
  override set(): never {
    return readonly();
  }
  override sort(): never {
    return readonly();
  }
}
function readonly(): never {
  throw new Error(
    "The result of useSearchParams() cannot be changed. Make a URLSearchParams of it and change that.",
  );
}

/** Encoded as URL.pathname has it. */
function pathOf(asPath: string): string {
  try {
    return new URL(asPath, "http://n").pathname;
  } catch {
    return "/";
  }
}

/** The page's path without query; null while it is not known (fallback, dynamic page not ready). */
export function usePathname(): string | null {
  const router = useContext(RouterContext);
  if (!router) return null;
  const { pathname, asPath, isFallback, isReady } = router;
  // A page made without params shows its own pattern until the browser fills it in.
  const open = isDynamicRoute(pathname) && (isFallback || (!isReady && asPath.startsWith(pathname)));
  return open ? null : pathOf(asPath);
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
    const { pathname, query } = router;
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
