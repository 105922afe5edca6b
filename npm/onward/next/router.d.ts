declare module "next/router" {
  import type { NextComponentType, NextPageContext } from "next";
  import type { ParsedUrlQuery } from "querystring";
  import type { ComponentType } from "react";
  import type { UrlObject } from "url";

  type Url = string | UrlObject;

  interface TransitionOptions {
    /** Change the address without asking for data. */
    shallow?: boolean;
    /** The language of the page; false: the address has it already. */
    locale?: string | false;
    /** Scroll to the top; default true. */
    scroll?: boolean;
    unstable_skipClientCache?: boolean;
  }

  export type RouterEvent =
    | "routeChangeStart"
    | "beforeHistoryChange"
    | "routeChangeComplete"
    | "routeChangeError"
    | "hashChangeStart"
    | "hashChangeComplete";

  interface RouterEvents {
    on(event: RouterEvent, handler: (...values: any[]) => void): void;
    off(event: RouterEvent, handler: (...values: any[]) => void): void;
    emit(event: RouterEvent, ...values: any[]): void;
  }

  /** The router of the browser, and what it knows of the page. */
  export interface NextRouter {
    /** The route of the page: `/blog/[slug]`. */
    route: string;
    /** The same. */
    pathname: string;
    /** The query, with the parameters of the route; empty on the server for pages without data. */
    query: ParsedUrlQuery;
    /** The path as the visitor sees it, with query and fragment, without basePath and language. */
    asPath: string;
    basePath: string;
    locale?: string | undefined;
    locales?: readonly string[] | undefined;
    defaultLocale?: string | undefined;
    domainLocales?:
      | readonly { domain: string; defaultLocale: string; locales?: readonly string[]; http?: true }[]
      | undefined;
    isLocaleDomain: boolean;
    /** The page's data is being made for the first time. */
    isFallback: boolean;
    /** query and asPath are those of the address. */
    isReady: boolean;
    isPreview: boolean;
    push(url: Url, as?: Url, options?: TransitionOptions): Promise<boolean>;
    replace(url: Url, as?: Url, options?: TransitionOptions): Promise<boolean>;
    reload(): void;
    back(): void;
    forward(): void;
    /** Loads the code and data of a page before it is asked for. */
    prefetch(
      url: string,
      as?: string,
      options?: { priority?: boolean; locale?: string | false; unstable_skipClientCache?: boolean },
    ): Promise<void>;
    /** Called before back and forward; false keeps the router from acting. */
    beforePopState(callback: (state: { url: string; as: string; options: TransitionOptions }) => boolean): void;
    events: RouterEvents;
  }

  export type Router = NextRouter;

  export type SingletonRouter = NextRouter & {
    router: NextRouter | null;
    readyCallbacks: Array<() => any>;
    ready(callback: () => any): void;
  };

  export interface WithRouterProps {
    router: NextRouter;
  }

  export type ExcludeRouterProps<Props> = Pick<Props, Exclude<keyof Props, keyof WithRouterProps>>;

  /** The router, for code outside components. */
  const singleton: SingletonRouter;
  export default singleton;

  /** The router, in a component. */
  export function useRouter(): NextRouter;

  /** Gives a component the router as a prop. */
  export function withRouter<
    Props extends WithRouterProps,
    Context extends { [name: string]: any } = NextPageContext,
  >(component: NextComponentType<Context, any, Props>): ComponentType<ExcludeRouterProps<Props>>;
}
