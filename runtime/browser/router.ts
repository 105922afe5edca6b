/**
 * The router of the page as components see it: its state, and methods that
 * hand over to transition.ts. That is most of the code and is only fetched when
 * something navigates or prefetches, so that the first page does not wait for it.
 */
import { clientConfig } from "../next/client-config";
import type {
  BeforePopState,
  NextData,
  NextRouter,
  PrefetchOptions,
  Query,
  TransitionOptions,
  Url,
} from "../next/context";
import { findDomain } from "../next/locale";
import { addBasePath, queryToSearch, removeTrailingSlash } from "../next/path";
import { routerEvents as events } from "../next/router-events";
import type { PageModule } from "./entries";
import type { Transitions } from "./transition";

declare const process: { env: { __NEXT_HAS_REWRITES?: boolean } };

/** A page that can be rendered. */
export interface PageInfo {
  module: PageModule;
  props: Record<string, any>;
  /** Its stylesheets; undefined for the page that came with the document. */
  styles?: HTMLLinkElement[];
  err?: unknown;
}
export interface Scroll {
  x: number;
  y: number;
}
/**
 * Renders a page, calling `committed` when its DOM is in place. Resolves then;
 * rejects with a Cancelled when another page came first.
 */
export type Show = (info: PageInfo, committed?: () => void) => Promise<void>;

/** The transition was given up for another one. */
export class Cancelled extends Error {
  cancelled = true;
  constructor() {
    super("Route Cancelled");
  }
}

/** What useRouter() tells of the page that is shown. */
export interface State {
  route: string;
  pathname: string;
  query: Query;
  asPath: string;
  isPreview: boolean;
  isFallback: boolean;
  locale?: string;
}

export type Method = "pushState" | "replaceState";
/**
 * `_h`: the URL of the first page is completed. `_shouldResolveHref`: href is a
 * concrete path, find its page. They lie in history.state, where apps see them.
 */
export type ChangeOptions = TransitionOptions & { _h?: 0 | 1; _shouldResolveHref?: boolean };

/** What the router and its transitions share. */
export interface Core {
  readonly data: NextData;
  readonly router: Router;
  readonly show: Show;
  /** Wraps the app for AppTree of getInitialProps. */
  readonly appTree: (props: any) => any;
  /** Pages by route that were shown, and "/_app"; `initial` for the one of the document. */
  readonly components: Record<string, PageInfo & { initial?: true }>;
  state: State;
  isReady: boolean;
  /** No navigation so far. */
  isSsr: boolean;
  veto: BeforePopState;
  /** `key` of the history entry that is shown. */
  historyKey: string;
  /** Whether the last history entry was made by a shallow change. */
  shallow?: boolean;
  writeHistory(method: Method, url: string, as: string, options: ChangeOptions): void;
}

export interface Router extends NextRouter {
  components: Core["components"];
}

/** Path, query and hash of the address bar. */
export function currentUrl(): string {
  const { href, origin } = location;
  return href.slice(origin.length);
}

/** Path of a page pattern with its query, as history.state names it. */
export function pageUrl(pathname: string, query: Query): string {
  const search = String(queryToSearch(query));
  return addBasePath(pathname) + (search && "?" + search);
}

export interface RouterOptions {
  data: NextData;
  /** Path, query and hash without basePath and locale. */
  asPath: string;
  page: PageInfo;
  app: PageModule;
  appTree: Core["appTree"];
  show: Show;
}

/** Makes the router of this document; `transitions` fetches the rest of it. */
export function createRouter({ data, asPath, page, app, appTree, show }: RouterOptions): {
  router: Router;
  core: Core;
  transitions: () => Promise<Transitions>;
} {
  const { basePath, i18n, scrollRestoration } = clientConfig();
  const route = removeTrailingSlash(data.page);
  const autoDynamic = !!data.autoExport && data.page.includes("[");

  let loading: Promise<Transitions> | undefined;
  const transitions = () => {
    loading ??= import("./transition").then((m) => m.createTransitions(core));
    // A failure is not final: the network may come back.
    loading.catch(() => (loading = undefined));
    return loading;
  };
  /** Without the code for it the browser navigates by itself. */
  const navigate = async (
    method: Method,
    url: Url,
    as?: Url,
    options?: TransitionOptions,
  ): Promise<boolean> => {
    let loaded: Transitions;
    try {
      loaded = await transitions();
    } catch (err) {
      const target = as ?? url;
      if (typeof target !== "string" || /^\W*j\s*a\s*v\s*a/i.test(target)) throw err;
      location.href = target.startsWith("/") ? addBasePath(target) : target;
      return new Promise(() => {});
    }
    return loaded.navigate(method, url, as, options);
  };

  const router = {
    locales: i18n && data.locales,
    defaultLocale: i18n && data.defaultLocale,
    domainLocales: i18n && data.domainLocales,
    isLocaleDomain: !!(i18n && findDomain(data.domainLocales, location.hostname)),
    basePath,
    events,
    push: (url: Url, as?: Url, options?: TransitionOptions) => navigate("pushState", url, as, options),
    replace: (url: Url, as?: Url, options?: TransitionOptions) => navigate("replaceState", url, as, options),
    prefetch: async (url: string, as?: string, options?: PrefetchOptions) =>
      (await transitions()).prefetch(url, as, options),
    reload: () => location.reload(),
    back: () => history.back(),
    forward: () => history.forward(),
    beforePopState(veto: BeforePopState) {
      core.veto = veto;
    },
  } as Router;
  for (const field of [
    "route",
    "pathname",
    "query",
    "asPath",
    "isFallback",
    "isPreview",
    "locale",
  ] as const) {
    Object.defineProperty(router, field, { enumerable: true, get: () => core.state[field] });
  }
  Object.defineProperty(router, "isReady", { enumerable: true, get: () => core.isReady });

  const core: Core = {
    data,
    router,
    show,
    appTree,
    components: { "/_app": { module: app, props: {} } },
    state: {
      route,
      pathname: data.page,
      query: data.query,
      asPath: autoDynamic ? data.page : asPath,
      isPreview: !!data.isPreview,
      isFallback: data.isFallback,
      locale: i18n && data.locale,
    },
    isReady: !!(
      data.gssp ||
      data.gip ||
      (data.appGip && !data.gsp) ||
      // A rewrite may have added to the query of a page that was made before.
      (!autoDynamic && !location.search && !process.env.__NEXT_HAS_REWRITES)
    ),
    isSsr: true,
    veto: () => true,
    historyKey: newKey(),
    writeHistory(method, url, as, options) {
      if (method === "pushState") {
        if (currentUrl() === as) return;
        core.historyKey = newKey();
      }
      core.shallow = options.shallow;
      history[method]({ url, as, options, __N: true, key: core.historyKey }, "", as);
    },
  };
  router.components = core.components;
  if (data.page !== "/_error") core.components[route] = { ...page, initial: true };

  // A path that begins with two slashes would be another host in the history.
  if (!asPath.startsWith("//")) {
    core.writeHistory("replaceState", pageUrl(data.page, data.query), currentUrl(), {
      locale: core.state.locale,
      _shouldResolveHref: asPath !== data.page,
    });
  }
  addEventListener("popstate", (event) => {
    transitions().then(
      (t) => t.popped(event),
      () => location.reload(),
    );
  });
  if (scrollRestoration && "scrollRestoration" in history) history.scrollRestoration = "manual";
  return { router, core, transitions };
}

function newKey(): string {
  return Math.random().toString(36).slice(2, 10);
}
