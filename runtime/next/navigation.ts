/**
 * `next/navigation` in pages: the hooks that read the URL. What needs the App
 * Router throws and says so.
 */
import { useContext, useMemo } from "react";
import { PathParamsContext, PathnameContext, SearchParamsContext } from "./context";

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
  throw new Error("The result of useSearchParams() cannot be changed. Make a URLSearchParams of it and change that.");
}

/** The page's path without query; null while it is not known (fallback, dynamic page not ready). */
export function usePathname(): string | null {
  return useContext(PathnameContext);
}

/** The page's query string, read-only; null outside a page. */
export function useSearchParams(): ReadonlyURLSearchParams | null {
  const params = useContext(SearchParamsContext);
  return useMemo(() => (params ? new ReadonlyURLSearchParams(params) : null), [params]);
}

/** The route's params; null while they are not known. */
export function useParams(): Record<string, string | string[]> | null {
  return useContext(PathParamsContext);
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
export function useSelectedLayoutSegments(): never[] | null {
  return null;
}
export function redirect(): never {
  return appRouterOnly("redirect", "return {redirect} from getServerSideProps or getStaticProps, or call router.replace");
}
export function permanentRedirect(): never {
  return appRouterOnly("permanentRedirect", "return {redirect: {destination, permanent: true}} from getServerSideProps or getStaticProps");
}
export function notFound(): never {
  return appRouterOnly("notFound", "return {notFound: true} from getServerSideProps or getStaticProps");
}
