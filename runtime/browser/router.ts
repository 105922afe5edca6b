/**
 * The client router: one transition at a time from page to page. It decides
 * (what page, what data, what goes into the history); rendering and scrolling
 * are the `show` function it is given.
 */
import { clientConfig } from "../next/client-config";
import type {
  BeforePopState,
  HistoryState,
  NextData,
  NextRouter,
  PrefetchOptions,
  Query,
  TransitionOptions,
  Url,
} from "../next/context";
import { interpolateRoute, isDynamicRoute, matchRoute, routeParams } from "../next/dynamic-route";
import { loadInitialProps } from "../next/initial-props";
import { routerEvents as events } from "../next/router-events";
import {
  addBasePath,
  addLocale,
  findDomain,
  formatHref,
  formatUrl,
  isLocalUrl,
  isScriptUrl,
  parsePath,
  parseRelativeUrl,
  removeBasePath,
  removeLocale,
  removeTrailingSlash,
  resolveHref,
  splitLocale,
} from "../next/url";
import { fetchData, touchData } from "./data";
import { AssetError, buildManifest, dataUrl, loadPage, prefetchPage, ssgManifest } from "./page-loader";
import type { PageModule } from "./page-loader";

/** A page that can be rendered. */
export interface PageInfo {
  module: PageModule;
  props: Record<string, any>;
  styles: HTMLLinkElement[];
  err?: unknown;
}
export interface Scroll {
  x: number;
  y: number;
}
/** Renders a page; resolves when it is on the screen, rejects with a Cancelled when another came first. */
export type Show = (info: PageInfo, scroll: Scroll | undefined) => Promise<void>;

/** The transition was given up for another one. */
export class Cancelled extends Error {
  cancelled = true;
  constructor() {
    super("Route Cancelled");
  }
}

type Method = "pushState" | "replaceState";
/** `_h`: the URL of the first page is completed; nothing is announced. */
type ChangeOptions = TransitionOptions & { _h?: 0 | 1; resolve?: boolean };

interface State {
  route: string;
  pathname: string;
  query: Query;
  asPath: string;
  isPreview: boolean;
  isFallback: boolean;
  locale?: string;
}

export interface RouterOptions {
  data: NextData;
  /** Path, query and hash without basePath and locale. */
  asPath: string;
  page: PageInfo;
  app: PageModule;
  /** Wraps the app for AppTree. */
  appTree: (props: any) => any;
  show: Show;
}

export interface Router extends NextRouter {
  change(method: Method, url: string, as: string, options: ChangeOptions, scroll?: Scroll): Promise<boolean>;
  /** What the page shows and its props: replaced by fast refresh, read by the error page. */
  components: Record<string, PageInfo>;
  isSsr(): boolean;
}

/** Path, query and hash of the address bar. */
export function currentUrl(): string {
  const { href, origin } = location;
  return href.slice(origin.length);
}

function stripOrigin(url: string): string {
  return url.startsWith(location.origin) ? url.slice(location.origin.length) : url;
}

/** Never resolves: the document is about to go. */
function forever(): Promise<never> {
  return new Promise(() => {});
}

function loadDocument(url: string): void {
  // The same address again would load for ever (an asset that is missing after all).
  if (url === addBasePath(addLocale(currentUrl())) && reloadedFor(url)) {
    throw new Error(`Loading ${url} as a document did not help: a file of the build is missing on the server.`);
  }
  location.href = url;
}

/** Whether this address was loaded by the router before, within ten seconds. */
function reloadedFor(url: string): boolean {
  const key = "__onward_reload";
  try {
    const [last, time] = (sessionStorage.getItem(key) ?? "").split("\n");
    if (last === url && Date.now() - Number(time) < 10_000) return true;
    sessionStorage.setItem(key, url + "\n" + Date.now());
  } catch {
    // Without storage there is no way to know; the browser stops loops of its own kind only.
  }
  return false;
}

/** The page that has a concrete path, among dynamic ones; the path itself when there is none. */
function pageFor(pathname: string, pages: string[]): string {
  const path = removeTrailingSlash(removeBasePath(pathname));
  if (path === "/404" || path === "/_error" || pages.includes(path)) return path;
  return pages.find((p) => isDynamicRoute(p) && matchRoute(p, path)) ?? path;
}

function newKey(): string {
  return Math.random().toString(36).slice(2, 10);
}

/** Scrolls to an element by id or name; "#" and "#top" to the top. */
export function scrollToHash(as: string): void {
  const at = as.indexOf("#");
  const raw = at < 0 ? "" : as.slice(at + 1);
  instantly(() => {
    if (!raw || raw === "top") return window.scrollTo(0, 0);
    let hash = raw;
    try {
      hash = decodeURIComponent(raw);
    } catch {
      // Not percent-encoded then.
    }
    (document.getElementById(hash) ?? document.getElementsByName(hash)[0])?.scrollIntoView();
  });
}

/** Runs without `scroll-behavior: smooth` of the page. */
export function instantly(scroll: () => void): void {
  const { style, dataset } = document.documentElement;
  if (dataset.scrollBehavior === undefined) return scroll();
  const old = style.scrollBehavior;
  style.scrollBehavior = "auto";
  // Makes the browser take the style in before it scrolls.
  document.documentElement.getClientRects();
  scroll();
  style.scrollBehavior = old;
}

export function createRouter({ data, asPath, page, app, appTree, show }: RouterOptions): Router {
  const { basePath, i18n, scrollRestoration } = clientConfig();
  const { locales, defaultLocale, domainLocales } = data;
  const autoDynamic = isDynamicRoute(data.page) && !!data.autoExport;
  const components: Record<string, PageInfo> = { "/_app": { module: app, props: {}, styles: [] } };
  const first = removeTrailingSlash(data.page);
  if (data.page !== "/_error") components[first] = page;
  /** Pages that came with the document: their props belong to one URL only. */
  const initial = new Set([first]);

  let state: State = {
    route: first,
    pathname: data.page,
    query: data.query,
    asPath: autoDynamic ? data.page : asPath,
    isPreview: !!data.isPreview,
    isFallback: data.isFallback,
    locale: i18n && data.locale,
  };
  const complete = data.gssp || data.gip || (data.appGip && !data.gsp) || (!autoDynamic && !location.search);
  let isReady = !!complete;
  let isSsr = true;
  let inFlight: string | undefined;
  let cancelCurrent: (() => void) | undefined;
  let veto: BeforePopState = () => true;
  let lastShallow: boolean | undefined;
  let historyKey = newKey();
  let firstPop = true;

  const stripLocale = (path: string, locale: string | undefined) => removeLocale(removeBasePath(path), locale);

  function writeHistory(method: Method, url: string, as: string, options: ChangeOptions): void {
    if (method === "pushState" && currentUrl() === as) return;
    lastShallow = options.shallow;
    if (method === "pushState") historyKey = newKey();
    // The last of these is what the browser does with the title: nothing.
    history[method]({ url, as, options, __N: true, key: historyKey }, "", as);
  }

  function saveScroll(): void {
    if (!scrollRestoration) return;
    try {
      sessionStorage.setItem("__next_scroll_" + historyKey, JSON.stringify({ x: scrollX, y: scrollY }));
    } catch {
      // Full or forbidden: the page starts at its top then.
    }
  }

  /** href and as of a push or prefetch, as paths with basePath. */
  function prepare(href: Url, as?: Url): { url: string; as: string } {
    const [hrefPath, filled] = resolveHref(state, href);
    const own = (text: string) => text.startsWith(location.origin);
    const url = stripOrigin(hrefPath);
    const shown = as ? stripOrigin(resolveHref(state, as)[0]) : stripOrigin(filled ?? hrefPath);
    return {
      url: own(hrefPath) ? url : addBasePath(url),
      as: filled !== undefined && own(filled) ? shown : !as && own(hrefPath) ? shown : addBasePath(shown),
    };
  }

  /** What a page needs to render. Throws Cancelled when another transition began. */
  async function pageInfo(
    target: { route: string; pathname: string; query: Query; as: string; resolvedAs: string; locale?: string },
    options: { shallow?: boolean; filling: boolean; preview: boolean; check: () => void; static404?: boolean },
  ): Promise<PageInfo> {
    const { route, pathname, query, as, resolvedAs, locale } = target;
    const known = components[route];
    if (options.shallow && known && state.route === route) return known;
    const { module, styles } = known && !initial.has(route) ? known : await loadPage(route);
    options.check();
    let props: Record<string, any>;
    if (module.__N_SSG || module.__N_SSP) {
      const url = dataUrl(data.buildId, route, query, resolvedAs, locale);
      props = options.static404
        ? await fetchData({ url: dataUrl(data.buildId, route, {}, route, locale), keep: true })
        : await fetchData({
            url,
            keep: !!module.__N_SSG && !options.preview,
            first: options.filling,
          });
      // Data of other requests must not change with this page.
      props = { ...props, ...(props.pageProps && { pageProps: { ...props.pageProps } }) };
      if (module.__N_SSG && !options.preview && !options.static404) touchData(url);
    } else {
      props = await initialProps(module, { pathname, query, asPath: as, locale, locales, defaultLocale });
    }
    options.check();
    const info: PageInfo = { module, styles, props };
    components[route] = info;
    initial.delete(route);
    return info;
  }

  function initialProps(module: PageModule, ctx: Record<string, unknown>): Promise<Record<string, any>> {
    const { module: App } = components["/_app"]!;
    return loadInitialProps(App.default, {
      AppTree: appTree,
      Component: module.default,
      router,
      ctx: { ...ctx, AppTree: appTree },
    } as any);
  }

  /** The error page, or the document when even that cannot be. */
  async function errorInfo(err: unknown, target: { pathname: string; query: Query; as: string }, shallow: boolean): Promise<PageInfo> {
    if (err instanceof Cancelled) throw err;
    if (!(err instanceof AssetError)) {
      console.error(err);
      try {
        const { module, styles } = await loadPage("/_error");
        const { pathname, query } = target;
        const props = await initialProps(module, { err, pathname, query }).catch(() => ({}));
        return { module, styles, props, err };
      } catch (inner) {
        console.error(inner);
      }
    }
    events.emit("routeChangeError", err, target.as, { shallow });
    loadDocument(target.as);
    throw new Cancelled();
  }

  async function change(method: Method, url: string, as: string, options: ChangeOptions, forced?: Scroll): Promise<boolean> {
    if (isScriptUrl(url) || isScriptUrl(as)) {
      throw new Error("The router does not go to javascript: URLs. Use an onClick handler.");
    }
    if (!isLocalUrl(url)) {
      loadDocument(url);
      return false;
    }
    const filling = options._h === 1;
    const resolve = filling || options.resolve || parsePath(url).pathname === parsePath(as).pathname;
    const next: State = { ...state };
    const becameReady = !isReady;
    isReady = true;
    const wasSsr = isSsr;
    if (!filling) isSsr = false;
    // The first page is filled in only while nothing else goes on.
    if (filling && inFlight) return false;

    const oldLocale = next.locale;
    if (i18n) {
      next.locale = options.locale === false ? defaultLocale : options.locale || next.locale;
      if (options.locale === undefined) options.locale = next.locale;
      const parsed = parseRelativeUrl(removeBasePath(as));
      const split = splitLocale(parsed.pathname, locales);
      if (split.locale) {
        next.locale = split.locale;
        as = addBasePath(split.pathname + parsed.search + parsed.hash);
        url = addBasePath(splitLocale(removeBasePath(url), locales).pathname);
      }
      if (!next.locale || !locales?.includes(next.locale)) {
        loadDocument(addBasePath(addLocale(parsed.pathname, next.locale) + parsed.search + parsed.hash));
        return forever();
      }
      const domain = findDomain(domainLocales, undefined, next.locale);
      if (domain && router.isLocaleDomain && location.hostname !== domain.domain.split(":", 1)[0]) {
        const path = removeBasePath(as);
        const locale = next.locale === domain.defaultLocale ? "" : "/" + next.locale;
        location.href = `http${domain.http ? "" : "s"}://${domain.domain}${addBasePath(locale + (path === "/" ? "" : path) || "/")}`;
        return forever();
      }
    }

    const { shallow = false, scroll = true } = options;
    const about = { shallow };
    if (inFlight) {
      cancelCurrent?.();
      events.emit("routeChangeError", new Cancelled(), inFlight, about);
    }
    as = addBasePath(addLocale(removeBasePath(as), options.locale, defaultLocale));
    const cleanAs = stripLocale(as, next.locale);
    inFlight = as;
    let cancelled = false;
    const cancel = () => {
      cancelled = true;
    };
    cancelCurrent = cancel;
    const check = () => {
      if (cancelled) throw new Cancelled();
    };
    const finish = () => {
      if (cancelCurrent !== cancel) return;
      cancelCurrent = undefined;
      inFlight = undefined;
    };
    try {
      const localeChange = oldLocale !== next.locale;
      if (!filling && isHashChange(cleanAs) && !localeChange) {
        next.asPath = cleanAs;
        events.emit("hashChangeStart", as, about);
        writeHistory(method, url, as, { ...options, scroll: false });
        if (scroll) scrollToHash(cleanAs);
        state = next;
        const info = components[next.route];
        if (info) await show(info, undefined);
        events.emit("hashChangeComplete", as, about);
        return true;
      }
      return await transition();
    } catch (err) {
      if (err instanceof Cancelled) return false;
      throw err;
    } finally {
      finish();
    }

    async function transition(): Promise<boolean> {
      const localeChange = oldLocale !== next.locale;
      const parsed = parseRelativeUrl(url);
      const query: Query = parsed.query;
      let pages: string[];
      try {
        [{ sortedPages: pages }] = await Promise.all([buildManifest(), ssgManifest()]);
      } catch {
        loadDocument(as);
        return false;
      }
      check();
      if (cleanAs === state.asPath && !localeChange) method = "replaceState";

      let pathname = removeTrailingSlash(removeBasePath(parsed.pathname));
      if (resolve && pathname !== "/_error") {
        options.resolve = true;
        const found = pageFor(pathname, pages);
        if (found !== pathname) {
          pathname = found;
          url = formatUrl({ pathname: addBasePath(pathname), search: parsed.search, hash: parsed.hash });
        }
      }
      if (!isLocalUrl(as)) {
        loadDocument(as);
        return false;
      }
      const route = pathname;
      const resolvedAs = stripLocale(as, next.locale);
      if (isDynamicRoute(route)) {
        const shown = parseRelativeUrl(resolvedAs);
        if (shown.pathname === route) {
          const filled = interpolateRoute(route, route, query);
          if (!filled) {
            const missing = missingParams(route, query);
            throw new Error(
              `The href "${url}" cannot be filled in: its query has no ${missing.join(", ")}. Give the values in href.query, or a complete path.`,
            );
          }
          const rest = { ...shown.query };
          for (const name of filled.params) delete rest[name];
          as = addBasePath(addLocale(formatUrl({ pathname: filled.path, query: rest, hash: shown.hash }), options.locale, defaultLocale));
        } else {
          const params = matchRoute(route, shown.pathname);
          const missing = params ? [] : missingParams(route, query);
          if (missing.length) {
            throw new Error(`The page "${route}" does not fit the path "${shown.pathname}" given as \`as\`, nor does the query have ${missing.join(", ")}.`);
          }
          Object.assign(query, params);
        }
      }

      if (!filling) events.emit("routeChangeStart", as, about);
      const target = { route, pathname, query, as, resolvedAs: stripLocale(as, next.locale), locale: next.locale };
      let shownRoute = route;
      let shownPathname = pathname;
      let info: PageInfo;
      const isError = pathname === "/404" || pathname === "/_error";
      try {
        if (filling && isError && components[state.route] === undefined) info = page;
        else {
          info = await pageInfo(target, { shallow, filling: filling && wasSsr, preview: state.isPreview, check });
        }
      } catch (err) {
        info = await errorInfo(err, target, shallow);
      }
      check();

      const { module, props } = info;
      if (module.__N_SSG || module.__N_SSP) {
        const to = props.pageProps?.__N_REDIRECT as string | undefined;
        if (to !== undefined) {
          options.locale = false;
          if (to.startsWith("/") && !to.startsWith("//") && props.pageProps.__N_REDIRECT_BASE_PATH !== false) {
            const path = pageFor(parseRelativeUrl(to).pathname, pages);
            if (pages.includes(path)) {
              const prepared = prepare(to, to);
              delete components[route];
              finish();
              return change(method, prepared.url, prepared.as, options);
            }
            loadDocument(addBasePath(to));
          } else loadDocument(to);
          return forever();
        }
        next.isPreview = !!props.__N_PREVIEW;
        if (props.notFound === true && !props.pageProps) {
          delete components[route];
          shownRoute = shownPathname = pages.includes("/404") ? "/404" : "/_error";
          try {
            info = await pageInfo(
              { ...target, route: shownRoute, pathname: shownRoute },
              { filling: false, preview: next.isPreview, check, static404: true },
            );
          } catch (err) {
            info = await errorInfo(err, target, shallow);
          }
          check();
        }
      }

      const sameRoute = shallow && state.route === shownRoute;
      const scrolls = options.scroll ?? (!filling && !sameRoute);
      const position = forced ?? (scrolls ? { x: 0, y: 0 } : undefined);
      if (!filling) events.emit("beforeHistoryChange", as, about);
      writeHistory(method, url, as, options);
      const old = state;
      state = {
        ...next,
        route: shownRoute,
        pathname: shownPathname,
        query,
        asPath: stripLocale(as, next.locale),
        isFallback: false,
      };
      const unchanged = filling && !position && !becameReady && !localeChange && same(old, state);
      if (unchanged) return true;
      await show(info, position);
      if (info.err !== undefined) {
        if (!filling) events.emit("routeChangeError", info.err, state.asPath, about);
        throw info.err;
      }
      if (i18n && next.locale) document.documentElement.lang = next.locale;
      if (!filling) events.emit("routeChangeComplete", as, about);
      if (scrolls && /#.+$/.test(as)) scrollToHash(as);
      return true;
    }
  }

  function missingParams(route: string, query: Query): string[] {
    return routeParams(route)
      .filter((p) => !p.optional && !query[p.name])
      .map((p) => p.name);
  }

  /** Whether only the part after "#" differs; the same URL with a hash counts too. */
  function isHashChange(as: string): boolean {
    if (!state.asPath) return false;
    const [oldPath, oldHash] = state.asPath.split("#", 2);
    const [newPath, newHash] = as.split("#", 2);
    if (newHash !== undefined && oldPath === newPath && oldHash === newHash) return true;
    return oldPath === newPath && oldHash !== newHash;
  }

  function same(a: State, b: State): boolean {
    return (
      a.route === b.route &&
      a.pathname === b.pathname &&
      a.asPath === b.asPath &&
      a.isFallback === b.isFallback &&
      a.isPreview === b.isPreview &&
      a.locale === b.locale &&
      JSON.stringify(a.query) === JSON.stringify(b.query)
    );
  }

  async function prefetch(href: string, shownAs: string = href, options: PrefetchOptions = {}): Promise<void> {
    if (process.env.NODE_ENV !== "production" || /bot|crawl|spider|lighthouse/i.test(navigator.userAgent)) return;
    if (!isLocalUrl(href)) return;
    const { url, as: plainAs } = prepare(href, shownAs);
    const parsed = parseRelativeUrl(url);
    let path = removeBasePath(parsed.pathname);
    let locale = options.locale === false ? defaultLocale : options.locale || state.locale;
    let as = removeBasePath(plainAs);
    if (i18n && options.locale === false) {
      ({ pathname: path, locale = locale } = splitLocale(path, locales));
      const split = splitLocale(as, locales);
      as = split.pathname;
      locale = split.locale ?? locale;
    }
    const { sortedPages } = await buildManifest();
    const route = pageFor(path, sortedPages);
    if (!sortedPages.includes(route)) return;
    const query: Query = { ...parsed.query, ...(isDynamicRoute(route) && matchRoute(route, parsePath(as).pathname)) };
    const wantsData = async () => {
      if (!(await ssgManifest()).has(route)) return;
      await fetchData({
        url: dataUrl(data.buildId, route, query, as, locale),
        keep: !state.isPreview,
        prefetch: true,
        refresh: !!options.priority,
      }).catch(() => {});
    };
    await Promise.all([wantsData(), options.priority ? loadPage(route) : prefetchPage(route)]);
  }

  function popped({ state: entry }: PopStateEvent): void {
    const wasFirst = firstPop;
    firstPop = false;
    if (!entry) {
      // A hash that the browser changed by itself: give the entry its state.
      const { pathname, query } = state;
      writeHistory("replaceState", formatUrl({ pathname: addBasePath(pathname), query: query as Record<string, unknown> }), currentUrl(), {});
      state = { ...state, asPath: stripLocale(currentUrl(), state.locale) };
      return;
    }
    if (entry.__NA) return location.reload();
    if (!entry.__N) return;
    // Safari fires for the entry that is shown when the document is loaded.
    if (wasFirst && state.locale === entry.options.locale && entry.as === state.asPath) return;
    const { url, as, options, key } = entry as HistoryState & { key: string };
    let scroll: Scroll | undefined;
    if (scrollRestoration && historyKey !== key) {
      saveScroll();
      try {
        scroll = JSON.parse(sessionStorage.getItem("__next_scroll_" + key) ?? "");
      } catch {
        scroll = { x: 0, y: 0 };
      }
    }
    historyKey = key;
    const { pathname } = parseRelativeUrl(url);
    if (isSsr && as === addBasePath(state.asPath) && pathname === addBasePath(state.pathname)) return;
    if (!veto(entry)) return;
    change(
      "replaceState",
      url,
      as,
      { ...options, shallow: options.shallow && lastShallow, locale: options.locale || defaultLocale, scroll: options.scroll ?? !!scroll, _h: 0 },
      scroll,
    ).catch((err) => console.error(err));
  }

  const navigate = (method: Method) => (url: Url, as?: Url, options: TransitionOptions = {}) => {
    if (isScriptUrl(formatHref(url)) || (as && isScriptUrl(formatHref(as)))) {
      return change(method, formatHref(url), formatHref(as ?? url), {});
    }
    if (method === "pushState") saveScroll();
    const prepared = prepare(url, as);
    return change(method, prepared.url, prepared.as, { ...options });
  };

  const router: Router = {
    get route() {
      return state.route;
    },
    get pathname() {
      return state.pathname;
    },
    get query() {
      return state.query;
    },
    get asPath() {
      return state.asPath;
    },
    get isFallback() {
      return state.isFallback;
    },
    get isPreview() {
      return state.isPreview;
    },
    get isReady() {
      return isReady;
    },
    get locale() {
      return state.locale;
    },
    locales: i18n && locales,
    defaultLocale: i18n && defaultLocale,
    domainLocales: i18n && domainLocales,
    isLocaleDomain: !!(i18n && findDomain(domainLocales, location.hostname)),
    basePath,
    events,
    components,
    isSsr: () => isSsr,
    change,
    push: navigate("pushState"),
    replace: navigate("replaceState"),
    prefetch,
    reload: () => location.reload(),
    back: () => history.back(),
    forward: () => history.forward(),
    beforePopState(fn) {
      veto = fn;
    },
  };

  // A path that begins with two slashes would be another host in the history.
  if (!asPath.startsWith("//")) {
    const url = formatUrl({ pathname: addBasePath(data.page), query: data.query as Record<string, unknown> });
    writeHistory("replaceState", url, currentUrl(), {
      locale: state.locale,
      resolve: asPath !== data.page,
    });
  }
  addEventListener("popstate", popped);
  if (scrollRestoration && "scrollRestoration" in history) history.scrollRestoration = "manual";
  return router;
}

declare const process: { env: { NODE_ENV?: string } };
