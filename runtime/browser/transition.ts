/**
 * Transitions from page to page, one at a time: which page an URL means, its
 * data, what goes into the history, what is announced. Rendering is the `show`
 * of the core.
 */
import { clientConfig } from "../next/client-config";
import type { HistoryState, PrefetchOptions, Query, TransitionOptions, Url } from "../next/context";
import { isDynamicRoute, matchRoute } from "../next/dynamic-route";
import { loadInitialProps } from "../next/initial-props";
import { addLocale, findDomain, removeLocale, splitLocale } from "../next/locale";
import { addBasePath, parsePath, removeBasePath, removeTrailingSlash } from "../next/path";
import { routerEvents as events } from "../next/router-events";
import { formatHref, isLocalUrl, isScriptUrl, parseRelativeUrl, resolveHref } from "../next/url";
import { announce, createAnnouncer } from "./announcer";
import { fetchData, forgetData, touchData } from "./data";
import type { PageData } from "./data";
import { loadDocument } from "./document-load";
import type { PageModule } from "./entries";
import {
  AssetError,
  applyStyles,
  buildManifest,
  dataUrl,
  loadPage,
  pageDataUrl,
  setAssetPrefix,
  ssgManifest,
} from "./page-loader";
import type { BuildManifest } from "./page-loader";
import { prefetch } from "./prefetch";
import { fillIn, pageOf, resolveAddress } from "./resolve";
import { Cancelled, currentUrl, pageUrl } from "./router";
import type { ChangeOptions, Core, Method, PageInfo, Scroll, State } from "./router";
import { instantly, saveScroll, savedScroll, scrollToHash } from "./scroll";
import { mark } from "./timeline";

declare const process: { env: { NODE_ENV?: string; __ONWARD_HAS_MIDDLEWARE?: boolean } };

/** Calls of refresh() so far. */
let refreshes = 0;

export interface Transitions {
  /** push and replace. False when another transition took over. */
  navigate(method: Method, url: Url, as?: Url, options?: TransitionOptions): Promise<boolean>;
  prefetch(url: string, as?: string, options?: PrefetchOptions): Promise<void>;
  popped(event: PopStateEvent): void;
  /** Completes the query of the first page from the address bar; `guarded`: the middleware looked at it. */
  complete(guarded: boolean): Promise<void>;
  /** The error page for what a page threw while it rendered. */
  errorPage(err: unknown): Promise<PageInfo>;
  /** In development: brings the data of the page that is shown up to date. */
  refresh?(): Promise<void>;
}

/** The page that a transition goes to. */
interface Target {
  route: string;
  query: Query;
  /** For the address bar; `path` is the same without basePath and locale. */
  as: string;
  path: string;
  /** The address that the page's data has: `path` after rewrites. */
  source: string;
  locale?: string;
  /** The middleware looks at the address. */
  guarded: boolean;
}

/** What a target turned out to be. */
type Loaded =
  | { info: PageInfo; route: string; query: Query; source: string }
  /** The middleware redirects. */
  | { redirect: string; locale?: string };

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

  /** Asks the middleware what the address shows. Undefined when that cannot be known while the first page is completed. */
  async function askMiddleware(target: Target, build: BuildManifest, filling: boolean) {
    const { effectOf } = await import("./middleware");
    const url = dataUrl(data.buildId, target.source, target.query, target.locale);
    try {
      const head = filling && !core.state.isFallback;
      const keep = !core.state.isPreview;
      const answer = await fetchData({ url, keep, first: filling, guarded: true, head });
      return { url, answer, effect: await effectOf(answer, url, build, locales, defaultLocale) };
    } catch (err) {
      if (filling) return;
      throw err;
    }
  }

  /** Whether the address is not that of the page, so that the middleware must have rewritten it. */
  function isRewritten({ route, path }: Target): boolean {
    const { pathname } = parsePath(path);
    return route !== removeTrailingSlash(pathname) && !(isDynamicRoute(route) && matchRoute(route, pathname));
  }

  /** Loads what a page needs to render. */
  async function load(target: Target, run: Run, filling: boolean, build: BuildManifest): Promise<Loaded> {
    let { route, query, source } = target;
    const { as, locale } = target;
    let known = components[route];
    if (run.shallow && known && core.state.route === route) return { info: known, route, query, source };
    let answer: Awaited<ReturnType<typeof askMiddleware>>;
    if (process.env.__ONWARD_HAS_MIDDLEWARE && target.guarded) {
      if (!filling || core.state.isFallback || isRewritten(target)) {
        answer = await askMiddleware(target, build, filling);
        check(run);
      }
      const effect = route === "/404" || route === "/_error" ? undefined : answer?.effect;
      if (effect?.type === "redirect") return { redirect: effect.to, locale: effect.locale };
      if (effect?.type === "leave") return leave(effect.to);
      if (effect?.type === "rewrite" && (!filling || build.sortedPages.includes(effect.route))) {
        ({ route, path: source } = effect);
        query = { ...query, ...effect.query };
      }
      known = undefined;
      // The document has the data of the page that it shows.
      const own = components[route];
      if (filling && own && !core.state.isFallback) return { info: own, route, query, source };
    }
    if (/^\/api(\/|$)/.test(route)) return leave(as);
    const { module, styles } = known && !known.initial ? known : await loadPage(route);
    check(run);
    let props: Record<string, any>;
    if (module.__N_SSG || module.__N_SSP) {
      const keep = !!module.__N_SSG && !core.state.isPreview;
      let url = answer?.url ?? pageDataUrl(data.buildId, route, query, source, locale);
      // What a prefetch got from the middleware may hold no data.
      const empty = !!answer?.answer.header("x-middleware-skip");
      if (answer && (empty || module.__N_SSP)) forgetData(url);
      let json: PageData | undefined = empty ? undefined : answer?.answer.json;
      if (!json) json = (await fetchData({ url, keep, first: filling })).json;
      if (!json) throw new AssetError(`There is no page data at ${url}.`);
      // What is kept must not change with what the page does to its props.
      props = json.pageProps ? { ...json, pageProps: { ...json.pageProps } } : json;
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
    return { info: (components[route] = { module, styles, props }), route, query, source };
  }

  /** The error page for a failed load; where only a document can help, that is loaded. */
  async function loadFailed(
    err: unknown,
    target: Pick<Target, "route" | "query" | "as">,
    run: Run,
  ): Promise<PageInfo> {
    if (err instanceof Cancelled) throw err;
    if (!(err instanceof AssetError)) {
      if (process.env.NODE_ENV !== "production" && self.__onward) self.__onward.report("runtime", err);
      else console.error(err);
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
  ): Promise<PageInfo> {
    const route = pages.includes("/404") ? "/404" : "/_error";
    const { module, styles } = await loadPage(route);
    check(run);
    const props = module.__N_SSG
      ? ((await fetchData({ url: dataUrl(data.buildId, route, {}, target.locale), keep: true })).json ?? {})
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
    return { module, styles, props };
  }

  /** Shows a page: styles, scrolling and the announcement go with the commit. */
  async function show(info: PageInfo, scroll?: Scroll): Promise<void> {
    await core.show(info, () => {
      if (info.styles) applyStyles(info.styles);
      if (scroll) instantly(() => window.scrollTo(scroll.x, scroll.y));
    });
  }

  /** Locale of the URL and of the options; `url` loses it. Undefined when the document has to be loaded. */
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
      // The prefix in the URL counts, and stays as it is written.
      options.locale = locale;
      const page = parseRelativeUrl(removeBasePath(url));
      url = addBasePath(splitLocale(page.pathname, locales).pathname + page.search + page.hash);
    }
    if (!locale || !locales?.includes(locale)) {
      loadDocument(addBasePath((locale ? "/" + locale : "") + parsed.pathname + parsed.search + parsed.hash));
      return;
    }
    const domain = findDomain(domainLocales, undefined, locale);
    if (domain && router.isLocaleDomain && location.hostname !== domain.domain.split(":", 1)[0]) {
      const path = split.pathname + parsed.search + parsed.hash;
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
    const resolve = filling || options._shouldResolveHref || parsePath(url).pathname === parsePath(as).pathname;
    const becameReady = !core.isReady;
    core.isReady = true;
    if (!filling) core.isSsr = false;

    let { locale } = core.state;
    if (i18n) {
      const local = localise(url, as, options);
      if (!local) return new Promise(() => {});
      ({ url, as, locale } = local);
    }
    mark("routeChange");
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
      let build: BuildManifest;
      try {
        [build] = await Promise.all([buildManifest(), ssgManifest()]);
      } catch {
        return leave(as);
      }
      check(run);
      const pages = build.sortedPages;
      const parsed = parseRelativeUrl(url);
      const query: Query = parsed.query;
      let route = removeTrailingSlash(removeBasePath(parsed.pathname));
      let source = path;
      const guarded =
        !!process.env.__ONWARD_HAS_MIDDLEWARE &&
        !shallow &&
        (await (await import("./middleware")).matchesMiddleware(as, locale));
      // An error page stays what it is, whatever its address.
      const failed = filling && /^\/(404|_error)$/.test(core.state.pathname);
      // Which page the first address shows only the server knows.
      if (resolve && route !== "/_error" && !failed && !(filling && guarded)) {
        options._shouldResolveHref = true;
        const found = await resolveAddress(path, route, locale, build, query, locales);
        check(run);
        if (found.external) return leave(as);
        if (!guarded) source = found.path;
        // A path without a page still goes on: its files are missing, which loads the document.
        if (found.route && found.route !== route) {
          ({ route } = found);
          if (!guarded) url = addBasePath(route) + parsed.search + parsed.hash;
        }
      }
      if (isDynamicRoute(route)) {
        as = fillIn(route, query, source, options.locale, defaultLocale, guarded) ?? as;
        if (source === path) source = bare(as, locale);
      }
      run.as = as;

      if (!filling) events.emit("routeChangeStart", as, about);
      const target: Target = { route, query, as, path: bare(as, locale), source, locale, guarded };
      let loaded: Loaded;
      try {
        loaded = await load(target, run, filling, build);
      } catch (err) {
        loaded = { info: await loadFailed(err, target, run), route, query, source };
      }
      check(run);
      if ("redirect" in loaded) {
        current = undefined;
        return change(method, loaded.redirect, loaded.redirect, { ...options, locale: loaded.locale });
      }

      let { info } = loaded;
      if (failed) {
        core.state = { ...core.state, query, asPath: target.path, isFallback: false };
        await show(info);
        return true;
      }
      let finalQuery = query;
      if (guarded) finalQuery = guardedQuery(target, loaded);
      // The page that the middleware chose; what its data says of other pages does not change it.
      ({ route } = loaded);
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
          shown = "/404";
          try {
            info = await notFoundPage(target, run, pages);
          } catch (err) {
            info = await loadFailed(err, target, run);
          }
          check(run);
        }
      }

      const stays = shallow && core.state.route === shown;
      const scrolls = options.scroll ?? (!filling && !stays);
      const position = forced ?? (scrolls ? { x: 0, y: 0 } : undefined);
      events.emit("beforeHistoryChange", as, about);
      core.writeHistory(method, url, as, options);
      const old = core.state;
      core.state = {
        route,
        pathname: route,
        query: finalQuery,
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
      if (old.asPath !== target.path) announce(target.path);
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
      return change(method, prepared.url, prepared.as, { ...options, locale: false, _shouldResolveHref: true });
    }
  }

  /** The query of a page that the middleware was asked about. */
  function guardedQuery(target: Target, { route, query, source }: Extract<Loaded, { info: PageInfo }>): Query {
    const all: Query = { ...query, ...target.query };
    if (route !== target.route) {
      // Params of the page that the address would have shown without the middleware.
      const others = matchRoute(target.route, parsePath(target.path).pathname) ?? {};
      for (const name of Object.keys(others)) {
        if (all[name] === target.query[name] && String(all[name]) === String(others[name])) delete all[name];
      }
    }
    if (isDynamicRoute(route)) Object.assign(all, matchRoute(route, parsePath(source).pathname));
    return all;
  }

  return {
    errorPage,
    ...(process.env.NODE_ENV === "production"
      ? {}
      : {
          async refresh(): Promise<void> {
            const mine = ++refreshes;
            // What is under way may have asked for data before they changed.
            while (current) await new Promise((resolve) => setTimeout(resolve, 50));
            if (mine !== refreshes) return;
            const state = core.state;
            const { route, query, asPath, locale } = state;
            const info = components[route];
            const again = () => router.replace(asPath, asPath, { scroll: false });
            if (process.env.__ONWARD_HAS_MIDDLEWARE || !info || !(info.module.__N_SSG || info.module.__N_SSP)) {
              await again();
              return;
            }
            const url = pageDataUrl(data.buildId, route, query, asPath, locale);
            const { __onward: dev } = self;
            let json: PageData | undefined;
            try {
              ({ json } = await fetchData({ url, keep: false }));
            } catch {
              if (core.state === state && (await dev?.explain().catch(() => false))) return;
            }
            if (core.state !== state || current || mine !== refreshes) return;
            if (!json?.pageProps || "__N_REDIRECT" in json.pageProps) {
              await again();
              return;
            }
            if (JSON.stringify(json) === JSON.stringify(info.props)) return dev?.navigated();
            await show((components[route] = { module: components[route]!.module, styles: info.styles, props: json }));
          },
        }),

    async navigate(method, url, as, options) {
      if (isScriptUrl(formatHref(url)) || (as && isScriptUrl(formatHref(as)))) {
        throw new Error("The router does not go to javascript: URLs. Use an onClick handler.");
      }
      if (scrollRestoration && method === "pushState") saveScroll(core.historyKey);
      const prepared = prepare(url, as);
      return change(method, prepared.url, prepared.as, { ...options });
    },

    async prefetch(href, as = href, options = {}) {
      if (!isLocalUrl(href)) return;
      const prepared = prepare(href, as);
      await prefetch(core, prepared.url, prepared.as, options);
    },

    popped({ state: entry }) {
      const wasFirst = firstPop;
      firstPop = false;
      if (!entry) {
        // The browser changed the hash by itself: give the entry its state.
        const { pathname, query } = core.state;
        core.writeHistory("replaceState", pageUrl(pathname, query), currentUrl(), {});
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
          // Where to is the browser's business, unless the app wants it to be ours.
          ...(scrollRestoration ? {} : { scroll: false }),
          _h: 0,
        },
        scroll,
      ).catch((err) => console.error(err));
    },

    async complete(guarded) {
      const { pathname, query, isFallback } = core.state;
      const own = new URLSearchParams(location.search);
      const all: Record<string, unknown> = { ...query };
      for (const name of own.keys()) all[name] = own.getAll(name);
      const url = pageUrl(pathname, all as Query);
      // The props of a page that is there need not be fetched again.
      await change("replaceState", url, currentUrl(), { _h: 1, shallow: !isFallback && !guarded });
    },
  };
}
