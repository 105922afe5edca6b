/**
 * Start of every page in the browser: reads __NEXT_DATA__, waits for the app's
 * and the page's entry, hydrates, and from then on renders what the router shows.
 */
import { Component, StrictMode, startTransition, useLayoutEffect } from "react";
import type { ReactElement, ReactNode } from "react";
import { hydrateRoot } from "react-dom/client";
import type { Root } from "react-dom/client";
import { clientConfig } from "../next/client-config";
import {
  HeadManagerContext,
  PathParamsContext,
  PathnameContext,
  RouterContext,
  SearchParamsContext,
} from "../next/context";
import type { HeadManager, NextData, NextRouter } from "../next/context";
import { isDynamicRoute, matchRoute } from "../next/dynamic-route";
import { preloadReady } from "../next/loadable";
import { loadInitialProps } from "../next/initial-props";
import { routerSnapshot, setRouter } from "../next/router";
import { removeBasePath, splitLocale, findDomain } from "../next/url";
import { RouteAnnouncer } from "./announcer";
import { createHeadManager } from "./head-manager";
import { applyStyles, entryOf, loadPage, setAssetPrefix, takeEntries } from "./page-loader";
import { Cancelled, createRouter, currentUrl, instantly } from "./router";
import type { PageInfo, Router, Scroll } from "./router";

declare const process: { env: { NODE_ENV?: string } };
declare global {
  interface Window {
    __NEXT_DATA__?: NextData;
    next?: { version: string; router?: Router };
  }
}

let root: Root | undefined;
let router: Router;
let data: NextData;
let headManager: HeadManager;
let App: any;
/** The render that has not been committed yet. */
let pending: { done: () => void; cancel: (err: Cancelled) => void } | undefined;
/** The last error page shown, so that one that throws itself ends the loop. */
let failed = false;

/** Values of next/navigation's hooks in pages. */
function NavigationContexts({ router, children }: { router: NextRouter; children: ReactNode }): ReactElement {
  const { pathname, asPath, isReady, isFallback, query } = router;
  const url = new URL(asPath, "http://n");
  const dynamic = isDynamicRoute(pathname);
  // A dynamic page that is not filled in yet has no path of its own.
  const known = !(dynamic && (isFallback || !isReady));
  const params = known && dynamic ? (matchRoute(pathname, url.pathname) ?? paramsOf(query)) : {};
  return (
    <PathnameContext.Provider value={known ? url.pathname : null}>
      <SearchParamsContext.Provider value={isReady ? url.searchParams : new URLSearchParams()}>
        <PathParamsContext.Provider value={isReady ? params : null}>{children}</PathParamsContext.Provider>
      </SearchParamsContext.Provider>
    </PathnameContext.Provider>
  );
}

function paramsOf(query: NextRouter["query"]): Record<string, string | string[]> {
  return Object.fromEntries(Object.entries(query).filter((e): e is [string, string | string[]] => e[1] !== undefined));
}

function Contexts({ children }: { children: ReactNode }): ReactElement {
  const snapshot = routerSnapshot(router);
  return (
    <Boundary>
      <NavigationContexts router={snapshot}>
        <RouterContext.Provider value={snapshot}>
          <HeadManagerContext.Provider value={headManager}>{children}</HeadManagerContext.Provider>
        </RouterContext.Provider>
      </NavigationContexts>
    </Boundary>
  );
}

/** Shows the error page when a page throws while it renders, and completes the first page. */
class Boundary extends Component<{ children: ReactNode }> {
  componentDidMount(): void {
    scrollIfHash();
    const { isFallback, nextExport, props, page, gip } = data;
    const search = location.search;
    const incomplete =
      isFallback || (nextExport && (isDynamicRoute(page) || search)) || (props.__N_SSG && search);
    if (!router.isSsr() || !incomplete || (page === "/_error" && gip && !search)) return;
    const params = new URLSearchParams(search);
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(router.query)) {
      for (const item of Array.isArray(value) ? value : [value ?? ""]) query.append(key, item);
    }
    for (const key of new Set(params.keys())) query.delete(key);
    for (const [key, value] of params) query.append(key, value);
    const text = String(query);
    router
      .change("replaceState", withBase(router.pathname) + (text ? "?" + text : ""), currentUrl(), {
        _h: 1,
        // The data of a page that is there need not be fetched again.
        shallow: !isFallback,
      })
      .catch((err) => {
        if (!(err instanceof Cancelled)) throw err;
      });
  }
  componentDidUpdate(): void {
    scrollIfHash();
  }
  componentDidCatch(err: Error): void {
    showError(err);
  }
  render(): ReactNode {
    return this.props.children;
  }
}

function withBase(path: string): string {
  return clientConfig().basePath + path;
}

let lastHash = "";
/** Goes to the element of the address bar's hash when the page is there. */
function scrollIfHash(): void {
  const { hash } = location;
  if (!hash || hash === lastHash) return;
  lastHash = hash;
  const id = hash.slice(1);
  const element = document.getElementById(id);
  if (element) setTimeout(() => element.scrollIntoView(), 0);
}

function Committed({ done, children }: { done: () => void; children: ReactNode }): ReactNode {
  useLayoutEffect(done, [done]);
  return children;
}

/** Renders a page and resolves when it is on the screen. */
function show(info: PageInfo, scroll?: Scroll): Promise<void> {
  pending?.cancel(new Cancelled());
  const { module, props, styles, err } = info;
  if (err === undefined) failed = false;
  return new Promise((resolve, reject) => {
    const mine = {
      done() {
        if (pending !== mine) return;
        pending = undefined;
        if (!first) applyStyles(styles);
        if (scroll) instantly(() => window.scrollTo(scroll.x, scroll.y));
        resolve();
      },
      cancel: reject,
    };
    pending = mine;
    const first = !root;
    const page = (
      <Committed done={mine.done}>
        <Contexts>
          <App {...props} Component={module.default} router={router} {...(err === undefined ? {} : { err })} />
        </Contexts>
        <RouteAnnouncer asPath={router.asPath} />
      </Committed>
    );
    const tree = clientConfig().reactStrictMode ? <StrictMode>{page}</StrictMode> : page;
    startTransition(() => {
      if (root) root.render(tree);
      else root = hydrateRoot(document.getElementById("__next")!, tree, { onRecoverableError: recovered });
    });
  });
}

function recovered(err: unknown): void {
  const cause = err instanceof Error && "cause" in err ? err.cause : err;
  reportError(cause);
}

/** Replaces the page by the error page; an error in that one is shown by the built-in text. */
async function showError(err: unknown): Promise<void> {
  if (err instanceof Cancelled) return;
  console.error(err);
  if (failed) return;
  failed = true;
  const { module, styles } = await loadPage("/_error");
  const { pathname, query, asPath } = router;
  const props = await loadInitialProps(App, {
    AppTree,
    Component: module.default,
    router,
    ctx: { err, pathname, query, asPath, AppTree },
  } as any).catch(() => ({}));
  await show({ module, styles, props, err }).catch((e) => showError(e));
}

/** The app in its contexts, for getInitialProps that render it (data collection). */
function AppTree(props: any): ReactElement {
  return (
    <Contexts>
      <App Component={router.components[router.route]?.module.default} router={router} {...props} />
    </Contexts>
  );
}

/** Path of the address bar without basePath and locale; sets the locale of the host. */
function firstPath(): string {
  const path = removeBasePath(currentUrl());
  if (!clientConfig().i18n) return path;
  const split = splitLocale(path, data.locales);
  if (split.locale) return split.pathname;
  const domain = findDomain(data.domainLocales, location.hostname);
  if (domain) data.locale = domain.defaultLocale;
  return path;
}

async function start(): Promise<void> {
  const text = document.getElementById("__NEXT_DATA__")?.textContent;
  if (!text) return;
  data = self.__NEXT_DATA__ = JSON.parse(text) as NextData;
  setAssetPrefix(data.assetPrefix || clientConfig().basePath);
  takeEntries();
  const nonce = document.querySelector<HTMLElement>("script[nonce]")?.nonce || undefined;
  headManager = createHeadManager(nonce);
  const [app, page] = await Promise.all([entryOf("/_app"), entryOf(data.page)]);
  App = app.default;
  await Promise.all([preloadReady(data.dynamicIds), startScripts()]);
  const info: PageInfo = { module: page, props: data.props, styles: [], ...(data.err && { err: serverError(data.err) }) };
  router = createRouter({ data, asPath: firstPath(), page: info, app, appTree: AppTree, show });
  setRouter(router);
  self.next = { version: "16.4.6", router };
  if (app.reportWebVitals) {
    const report = app.reportWebVitals;
    import("../next/vitals").then(({ observeVitals }) => observeVitals(report));
  }
  await show(info).catch(showError);
}

/** Starts the document's scripts; the code for it is only loaded when there are any. */
async function startScripts(): Promise<void> {
  if (!data.scriptLoader.length && !document.querySelector("[data-nscript]")) return;
  const { initScriptLoader } = await import("../next/script");
  initScriptLoader(data.scriptLoader);
}

function serverError({ name, message, stack, ...rest }: NonNullable<NextData["err"]>): Error {
  return Object.assign(new Error(message), { name: name ?? "Error", stack: stack ?? "", ...rest });
}

start();
