/**
 * Transitions from page to page, one at a time: which page an URL means, its
 * data, what goes into the history, what is announced. Rendering is the `show`
 * of the core.
 */
import { clientConfig } from "../next/client-config";
import type { HistoryState, PrefetchOptions, Query, TransitionOptions, Url } from "../next/context";
import { interpolateRoute, isDynamicRoute, matchRoute, routeParams } from "../next/dynamic-route";
import { loadInitialProps } from "../next/initial-props";
import { addLocale, findDomain, removeLocale, splitLocale } from "../next/locale";
import { addBasePath, parsePath, removeBasePath, removeTrailingSlash } from "../next/path";
import { routerEvents as events } from "../next/router-events";
import { formatHref, formatUrl, isLocalUrl, isScriptUrl, parseRelativeUrl, resolveHref } from "../next/url";
import { announce, createAnnouncer } from "./announcer";
import { fetchData, touchData } from "./data";
import { loadDocument } from "./document-load";
import type { PageModule } from "./entries";
import {
  AssetError,
  applyStyles,
  buildManifest,
  dataUrl,
  loadPage,
  prefetchPage,
  setAssetPrefix,
  ssgManifest,
} from "./page-loader";
import { Cancelled, currentUrl, pageUrl } from "./router";
import type { ChangeOptions, Core, Method, PageInfo, Scroll, State } from "./router";
import { instantly, saveScroll, savedScroll, scrollToHash } from "./scroll";

export interface Transitions {
  /** push and replace. False when another transition took over. */
  navigate(method: Method, url: Url, as?: Url, options?: TransitionOptions): Promise<boolean>;
  prefetch(url: string, as?: string, options?: PrefetchOptions): Promise<void>;
  popped(event: PopStateEvent): void;
  /** Completes the query of the first page from the address bar. */
  complete(): Promise<void>;
  /** The error page for what a page threw while it rendered. */
  errorPage(err: unknown): Promise<PageInfo>;
}

/** The page that a transition goes to. */
interface Target {
  route: string;
  query: Query;
  /** For the address bar; `path` is the same without basePath and locale. */
  as: string;
  path: string;
  locale?: string;
}

/** One running transition. */
interface Run {
  as: string;
  shallow: boolean;
  cancelled: boolean;
}

function check(run: Run): void {
  if (run.cancelled) throw new Cancelled();
}

/** The document is about to go, so this never resolves. */
function leave(url: string): Promise<never> {
  loadDocument(url);
  return new Promise(() => {});
}

function stripOrigin(url: string): string {
  return url.startsWith(location.origin + "/") || url === location.origin
    ? url.slice(location.origin.length) || "/"
    : url;
}

/** The page of a concrete path: itself, or the first dynamic one that matches; undefined when there is none. */
function pageOf(path: string, pages: string[]): string | undefined {
  const clean = removeTrailingSlash(path);
  if (clean === "/404" || clean === "/_error" || pages.includes(clean)) return clean;
  return pages.find((page) => isDynamicRoute(page) && matchRoute(page, clean));
}

function missingParams(route: string, query: Query): string[] {
  return routeParams(route)
    .filter((param) => !param.optional && !query[param.name])
    .map((param) => param.name);
}

function sameState(a: State, b: State): boolean {
  return (
    a.route === b.route &&
    a.asPath === b.asPath &&
    a.isFallback === b.isFallback &&
    a.isPreview === b.isPreview &&
    a.locale === b.locale &&
    JSON.stringify(a.query) === JSON.stringify(b.query)
  );
}

/** Makes the transitions of this document's router; called once. */
export function createTransitions(core: Core): Transitions {
  const { data, components, router } = core;
  const { i18n, scrollRestoration, basePath } = clientConfig();
  const { locales, defaultLocale, domainLocales } = data;
  setAssetPrefix(data.assetPrefix || basePath);
  createAnnouncer();
  let current: Run | undefined;
  let firstPop = true;

  /** Path without basePath and locale. */
  const bare = (path: string, locale: string | undefined) => removeLocale(removeBasePath(path), locale);

  /** href and as of a call, as paths with basePath (or URLs of other sites). */
  function prepare(href: Url, as?: Url): { url: string; as: string } {
    const [page, filled] = resolveHref(core.state, href);
    const absolute = (text: string) => text.startsWith(location.origin);
    const url = stripOrigin(page);
    const shown = as ? resolveHref(core.state, as)[0] : (filled ?? page);
    // What named this origin has its basePath already.
    return {
      url: absolute(page) ? url : addBasePath(url),
      as: absolute(shown) ? stripOrigin(shown) : addBasePath(shown),
    };
  }

  function initialProps(module: PageModule, ctx: Record<string, unknown>): Promise<Record<string, any>> {
    const { appTree } = core;
    return loadInitialProps(components["/_app"]!.module.default, {
      AppTree: appTree,
      Component: module.default,
      router,
      ctx: { ...ctx, AppTree: appTree },
    } as Parameters<typeof loadInitialProps>[1]);
  }

  /** Loads what a page needs to render. */
  async function load(target: Target, run: Run, filling: boolean): Promise<PageInfo> {
    const { route, query, as, path, locale } = target;
    const known = components[route];
    if (run.shallow && known && core.state.route === route) return known;
    const { module, styles } = known && !known.initial ? known : await loadPage(route);
    check(run);
    let props: Record<string, any>;
    if (module.__N_SSG || module.__N_SSP) {
      const keep = !!module.__N_SSG && !core.state.isPreview;
      const url = dataUrl(data.buildId, route, query, path, locale);
      props = await fetchData({ url, keep, first: filling });
      // What is kept must not change with what the page does to its props.
      if (props.pageProps) props = { ...props, pageProps: { ...props.pageProps } };
      if (keep && !run.cancelled) touchData(url);
    } else {
      props = await initialProps(module, {
        pathname: route,
        query,
        asPath: as,
        locale,
        locales,
        defaultLocale,
      });
    }
    check(run);
    return (components[route] = { module, styles, props });
  }

  /** The error page for a failed load; where only a document can help, that is loaded. */
  async function loadFailed(
    err: unknown,
    target: Pick<Target, "route" | "query" | "as">,
    run: Run,
  ): Promise<PageInfo> {
    if (err instanceof Cancelled) throw err;
    if (!(err instanceof AssetError)) {
      console.error(err);
      try {
        return await errorPage(err, target.route, target.query);
      } catch (inner) {
        console.error(inner);
      }
    }
    events.emit("routeChangeError", err, target.as, { shallow: run.shallow });
    loadDocument(target.as);
    throw new Cancelled();
  }

  async function errorPage(
    err: unknown,
    pathname = core.state.pathname,
    query = core.state.query,
  ): Promise<PageInfo> {
    const { module, styles } = await loadPage("/_error");
    const props = await initialProps(module, { err, pathname, query, asPath: core.state.asPath }).catch(
      () => ({}),
    );
    return { module, styles, props, err };
  }

  /** The page for data that says notFound. */
  async function notFoundPage(
    target: Target,
    run: Run,
    pages: string[],
  ): Promise<{ route: string; info: PageInfo }> {
    const route = pages.includes("/404") ? "/404" : "/_error";
    const { module, styles } = await loadPage(route);
    check(run);
    const props = module.__N_SSG
      ? await fetchData({ url: dataUrl(data.buildId, route, {}, route, target.locale), keep: true })
      : await initialProps(module, {
          pathname: route,
          query: target.query,
          asPath: target.as,
          locale: target.locale,
          locales,
          defaultLocale,
          res: { statusCode: 404 },
        });
    check(run);
    return { route, info: { module, styles, props } };
  }

  /** Shows a page: styles, scrolling and the announcement go with the commit. */
  async function show(info: PageInfo, scroll?: Scroll): Promise<void> {
    await core.show(info, () => {
      if (info.styles) applyStyles(info.styles);
      if (scroll) instantly(() => window.scrollTo(scroll.x, scroll.y));
    });
  }

  /** Locale of the URL and of the options; rewrites both URLs. Undefined when the document has to be loaded. */
  function localise(
    url: string,
    as: string,
    options: ChangeOptions,
  ): { url: string; as: string; locale?: string } | undefined {
    let locale = options.locale === false ? defaultLocale : options.locale || core.state.locale;
    options.locale ??= locale;
    const parsed = parseRelativeUrl(removeBasePath(as));
    const split = splitLocale(parsed.pathname, locales);
    if (split.locale) {
      ({ locale } = split);
      // The prefix in the URL counts; it is put back below.
      options.locale = locale;
      as = addBasePath(split.pathname + parsed.search + parsed.hash);
      const page = parseRelativeUrl(removeBasePath(url));
      url = addBasePath(splitLocale(page.pathname, locales).pathname + page.search + page.hash);
    }
    if (!locale || !locales?.includes(locale)) {
      loadDocument(addBasePath((locale ? "/" + locale : "") + parsed.pathname + parsed.search + parsed.hash));
      return;
    }
    const domain = findDomain(domainLocales, undefined, locale);
    if (domain && router.isLocaleDomain && location.hostname !== domain.domain.split(":", 1)[0]) {
      const path = removeBasePath(as);
      const prefix = locale === domain.defaultLocale ? "" : "/" + locale;
      location.href = `http${domain.http ? "" : "s"}://${domain.domain}${addBasePath(prefix + (path === "/" ? "" : path) || "/")}`;
      return;
    }
    return { url, as, locale };
  }

  /** Whether only the part after "#" differs; the same URL with a hash counts too. */
  function isHashChange(path: string): boolean {
    const [oldPath, oldHash] = core.state.asPath.split("#", 2);
    const [newPath, newHash] = path.split("#", 2);
    return oldPath === newPath && (newHash !== undefined || oldHash !== newHash);
  }

  async function change(
    method: Method,
    url: string,
    as: string,
    options: ChangeOptions,
    forced?: Scroll,
  ): Promise<boolean> {
    if (!isLocalUrl(url)) return leave(url);
    if (!isLocalUrl(as)) return leave(as);
    const filling = options._h === 1;
    // The first page is completed only while nothing else goes on.
    if (filling && current) return false;
    const resolve = filling || options.resolve || parsePath(url).pathname === parsePath(as).pathname;
    const becameReady = !core.isReady;
    core.isReady = true;
    if (!filling) core.isSsr = false;

    let { locale } = core.state;
    if (i18n) {
      const local = localise(url, as, options);
      if (!local) return new Promise(() => {});
      ({ url, as, locale } = local);
    }
    const { shallow = false, scroll = true } = options;
    const about = { shallow };
    as = addBasePath(addLocale(removeBasePath(as), options.locale, defaultLocale));
    const path = bare(as, locale);
    if (current) {
      current.cancelled = true;
      events.emit("routeChangeError", new Cancelled(), current.as, { shallow: current.shallow });
    }
    const run: Run = (current = { as, shallow, cancelled: false });
    const localeChange = locale !== core.state.locale;
    try {
      if (!filling && !localeChange && isHashChange(path)) {
        events.emit("hashChangeStart", as, about);
        core.writeHistory(method, url, as, { ...options, scroll: false });
        if (scroll) scrollToHash(path);
        core.state = { ...core.state, asPath: path };
        const info = components[core.state.route];
        if (info) await core.show(info);
        events.emit("hashChangeComplete", as, about);
        return true;
      }
      if (path === core.state.asPath && !localeChange) method = "replaceState";
      return await transition();
    } catch (err) {
      if (err instanceof Cancelled) return false;
      throw err;
    } finally {
      if (current === run) current = undefined;
    }

    async function transition(): Promise<boolean> {
      let pages: string[];
      try {
        [{ sortedPages: pages }] = await Promise.all([buildManifest(), ssgManifest()]);
      } catch {
        return leave(as);
      }
      check(run);
      const parsed = parseRelativeUrl(url);
      let route = removeTrailingSlash(removeBasePath(parsed.pathname));
      if (resolve) {
        options.resolve = true;
        // A path without a page still goes on: its files are missing, which loads the document.
        const found = pageOf(route, pages) ?? route;
        if (found !== route) {
          route = found;
          url = addBasePath(route) + parsed.search + parsed.hash;
        }
      }
      const query: Query = parsed.query;
      if (isDynamicRoute(route)) as = fillIn(route, query, as, locale, options.locale);
      run.as = as;

      if (!filling) events.emit("routeChangeStart", as, about);
      const target: Target = { route, query, as, path: bare(as, locale), locale };
      let info: PageInfo;
      try {
        info = await load(target, run, filling);
      } catch (err) {
        info = await loadFailed(err, target, run);
      }
      check(run);

      let shown = route;
      let isPreview = core.state.isPreview;
      const { module, props } = info;
      if (info.err === undefined && (module.__N_SSG || module.__N_SSP)) {
        const to = props.pageProps?.__N_REDIRECT;
        if (typeof to === "string")
          return redirect(to, props.pageProps.__N_REDIRECT_BASE_PATH !== false, pages);
        isPreview = !!props.__N_PREVIEW;
        if (props.notFound === true && !props.pageProps) {
          delete components[route];
          try {
            ({ route: shown, info } = await notFoundPage(target, run, pages));
          } catch (err) {
            info = await loadFailed(err, target, run);
          }
          check(run);
        }
      }

      const stays = shallow && core.state.route === shown;
      const scrolls = options.scroll ?? (!filling && !stays);
      const position = forced ?? (scrolls ? { x: 0, y: 0 } : undefined);
      if (!filling) events.emit("beforeHistoryChange", as, about);
      core.writeHistory(method, url, as, options);
      const old = core.state;
      core.state = {
        route: shown,
        pathname: shown,
        query,
        asPath: target.path,
        isPreview,
        isFallback: false,
        locale,
      };
      if (filling && !becameReady && !localeChange && sameState(old, core.state)) return true;
      await show(info, position);
      if (info.err !== undefined) {
        if (!filling) events.emit("routeChangeError", info.err, target.path, about);
        throw info.err;
      }
      if (i18n && locale) document.documentElement.lang = locale;
      if (!filling) events.emit("routeChangeComplete", as, about);
      if (scrolls && /#.+$/.test(as)) scrollToHash(as);
      if (!filling && old.asPath !== target.path) announce(target.path);
      return true;
    }

    /** Follows a redirect of the page's data. */
    function redirect(to: string, withBasePath: boolean, pages: string[]): Promise<boolean> {
      if (!to.startsWith("/") || to.startsWith("//") || !withBasePath) return leave(to);
      delete components[removeTrailingSlash(removeBasePath(parseRelativeUrl(url).pathname))];
      const prepared = prepare(to, to);
      const { pathname } = parseRelativeUrl(bare(prepared.url, locale));
      if (!pageOf(splitLocale(pathname, locales).pathname, pages)) return leave(prepared.as);
      current = undefined;
      return change(method, prepared.url, prepared.as, { ...options, locale: false, resolve: true });
    }
  }

  /**
   * Params of a dynamic page go into the query; an `as` that is only the
   * pattern is filled in from it. Answers the `as` to show.
   */
  function fillIn(
    route: string,
    query: Query,
    as: string,
    locale: string | undefined,
    prefix: string | false | undefined,
  ): string {
    const shown = parseRelativeUrl(bare(as, locale));
    if (removeTrailingSlash(shown.pathname) !== route) {
      const params = matchRoute(route, shown.pathname);
      const missing = params ? [] : missingParams(route, query);
      if (missing.length) {
        throw new Error(
          `The page "${route}" does not fit the path "${shown.pathname}" given as \`as\`, nor does the query of the href have ${missing.join(", ")}.`,
        );
      }
      Object.assign(query, params);
      return as;
    }
    const filled = interpolateRoute(route, route, query);
    if (!filled) {
      const missing = missingParams(route, query);
      // The pattern itself was asked for, as a page that waits for its query is.
      if (!missing.length) return as;
      throw new Error(
        `The href "${route}" cannot be filled in: its query has no ${missing.join(", ")}. Give the values in href.query, or a complete path.`,
      );
    }
    const rest: Record<string, unknown> = { ...shown.query };
    for (const name of filled.params) delete rest[name];
    return addBasePath(
      addLocale(formatUrl({ pathname: filled.path, query: rest, hash: shown.hash }), prefix, defaultLocale),
    );
  }

  return {
    errorPage,

    async navigate(method, url, as, options) {
      if (isScriptUrl(formatHref(url)) || (as && isScriptUrl(formatHref(as)))) {
        throw new Error("The router does not go to javascript: URLs. Use an onClick handler.");
      }
      if (scrollRestoration && method === "pushState") saveScroll(core.historyKey);
      const prepared = prepare(url, as);
      return change(method, prepared.url, prepared.as, { ...options });
    },

    async prefetch(href, as = href, options = {}) {
      if (process.env.NODE_ENV !== "production" || isBot() || !isLocalUrl(href)) return;
      const prepared = prepare(href, as);
      const parsed = parseRelativeUrl(prepared.url);
      let path = removeBasePath(parsed.pathname);
      let shown = removeBasePath(prepared.as);
      let locale = options.locale === false ? defaultLocale : options.locale || core.state.locale;
      if (i18n) {
        path = splitLocale(path, locales).pathname;
        const { pathname, query, hash } = parsePath(shown);
        const split = splitLocale(pathname, locales);
        shown = split.pathname + query + hash;
        locale = split.locale ?? locale;
      }
      const { sortedPages } = await buildManifest();
      const route = pageOf(path, sortedPages);
      if (!route) return;
      const params = isDynamicRoute(route) ? matchRoute(route, parsePath(shown).pathname) : undefined;
      const query: Query = { ...parsed.query, ...params };
      const withData = async () => {
        if (!(await ssgManifest()).has(route)) return;
        const url = dataUrl(data.buildId, route, query, shown, locale);
        await fetchData({ url, keep: !core.state.isPreview, prefetch: true, refresh: !!options.priority });
      };
      await Promise.allSettled([withData(), options.priority ? loadPage(route) : prefetchPage(route)]);
    },

    popped({ state: entry }) {
      const wasFirst = firstPop;
      firstPop = false;
      if (!entry) {
        // The browser changed the hash by itself: give the entry its state.
        const { pathname, query, locale } = core.state;
        core.writeHistory("replaceState", pageUrl(pathname, query), currentUrl(), {});
        core.state = { ...core.state, asPath: bare(currentUrl(), locale) };
        return;
      }
      if (entry.__NA) return location.reload();
      if (!entry.__N) return;
      const { url, as, options, key } = entry as HistoryState & { key: string };
      // Safari fires for the entry that is shown when the document is loaded.
      if (wasFirst && core.isSsr && core.state.locale === options.locale && as === core.state.asPath) return;
      let scroll: Scroll | undefined;
      if (scrollRestoration && core.historyKey !== key) {
        saveScroll(core.historyKey);
        scroll = savedScroll(key);
      }
      core.historyKey = key;
      const { pathname } = parseRelativeUrl(url);
      if (
        core.isSsr &&
        as === addBasePath(core.state.asPath) &&
        pathname === addBasePath(core.state.pathname)
      )
        return;
      if (!core.veto(entry)) return;
      change(
        "replaceState",
        url,
        as,
        {
          ...options,
          shallow: options.shallow && core.shallow,
          locale: options.locale || defaultLocale,
          // Where to is the browser's business, or `scroll`.
          scroll: false,
          _h: 0,
        },
        scroll,
      ).catch((err) => console.error(err));
    },

    async complete() {
      const { pathname, query, isFallback } = core.state;
      const own = new URLSearchParams(location.search);
      const all: Record<string, unknown> = { ...query };
      for (const name of own.keys()) all[name] = own.getAll(name);
      const url = pageUrl(pathname, all as Query);
      // The props of a page that is there need not be fetched again.
      await change("replaceState", url, currentUrl(), { _h: 1, shallow: !isFallback });
    },
  };
}

function isBot(): boolean {
  return /bot|crawl|spider|lighthouse|bingpreview|facebookexternalhit/i.test(navigator.userAgent);
}

declare const process: { env: { NODE_ENV?: string } };
