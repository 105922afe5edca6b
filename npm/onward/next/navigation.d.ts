declare module "next/navigation" {
  export class ReadonlyURLSearchParams extends URLSearchParams {
    /** @deprecated It cannot be changed. */
    append(): void;
    /** @deprecated It cannot be changed. */
    delete(): void;
    /** @deprecated It cannot be changed. */
    set(): void;
    /** @deprecated It cannot be changed. */
    sort(): void;
  }

  /** The path of the address; null while a page's data is being made for the first time. */
  export function usePathname(): string | null;
  /** The query of the address; null until it is known. */
  export function useSearchParams(): ReadonlyURLSearchParams | null;
  /** The parameters of the route; null until they are known. */
  export function useParams<T extends Record<string, string | string[] | undefined> = Record<string, string | string[]>>(): T | null;

  // The following work in the App Router only.
  interface NavigateOptions {
    scroll?: boolean;
    transitionTypes?: string[];
  }
  interface AppRouterInstance {
    back(): void;
    forward(): void;
    refresh(): void;
    push(href: string, options?: NavigateOptions): void;
    replace(href: string, options?: NavigateOptions): void;
    prefetch(href: string, options?: any): void;
  }
  export function useRouter(): AppRouterInstance;
  export function useSelectedLayoutSegment(parallelRouteKey?: string): string | null;
  export function useSelectedLayoutSegments(parallelRouteKey?: string): string[];
  export function redirect(url: string, type?: "push" | "replace"): never;
  export function permanentRedirect(url: string, type?: "push" | "replace"): never;
  export function notFound(): never;
}
