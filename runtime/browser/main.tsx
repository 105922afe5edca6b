/**
 * Start of every page in the browser: reads __NEXT_DATA__, waits for the app's
 * and the page's entry, hydrates, and from then on renders what the router shows.
 */
import { captureOwnerStack, Component, StrictMode, startTransition, useLayoutEffect } from "react";
import type { ReactElement, ReactNode } from "react";
import { hydrateRoot } from "react-dom/client";
import type { HydrationOptions, Root } from "react-dom/client";
import { clientConfig } from "../next/client-config";
import { RouterContext } from "../next/context";
import type { NextData } from "../next/context";
import { preloadReady } from "../next/loadable";
import { findDomain, splitLocale } from "../next/locale";
import { parsePath, removeBasePath, removeTrailingSlash } from "../next/path";
import { routerSnapshot, setRouter } from "../next/router";
import type { DevClient } from "./dev/client";
import { entryOf, registered, takeEntries } from "./entries";
import type { PageModule } from "./entries";
import { Cancelled, createRouter, currentUrl } from "./router";
import type { Core, PageInfo, Router } from "./router";
import { mark, rendered } from "./timeline";
import type { Transitions } from "./transition";

declare const process: {
  env: { NODE_ENV?: string; __NEXT_HAS_REWRITES?: boolean; __ONWARD_HAS_MIDDLEWARE?: boolean };
};

declare global {
  interface Window {
    __NEXT_DATA__?: NextData;
    next?: { version: string; router?: Router };
  }
}

let root: Root | undefined;
let core: Core;
let transitions: () => Promise<Transitions>;
/** The render that has not been committed yet. */
let pending: { done(): void; cancel(err: Cancelled): void } | undefined;
/** The error page is shown, or about to be: what it throws itself is not shown. */
let failed = false;
/** In development: the page that was rendered last, and the route that its module is registered for. */
let shown: { info: PageInfo; route: string } | undefined;

function Contexts({ children }: { children: ReactNode }): ReactElement {
  return <RouterContext.Provider value={routerSnapshot(core.router)}>{children}</RouterContext.Provider>;
}

/** Shows the error page when a page throws while it renders, and completes the first page. */
class Boundary extends Component<{ children: ReactNode }> {
  override componentDidMount(): void {
    scrollToFragment();
    if (!core.isSsr) return;
    if (process.env.__ONWARD_HAS_MIDDLEWARE) run((t) => complete(t));
    else if (isOpen(!!process.env.__NEXT_HAS_REWRITES)) run((t) => t.complete(false));
  }
  override componentDidUpdate(): void {
    scrollToFragment();
  }
  override componentDidCatch(err: unknown): void {
    // In development the problem is shown over the page, which comes back when its
    // code or its data are mended: the navigation has come to its end.
    if (process.env.NODE_ENV === "production") showError(err);
    else pending?.done();
  }
  override render(): ReactNode {
    return this.props.children;
  }
}

/** Whether the first page was made before its query was known; `rewritten`: something may have added to that. */
function isOpen(rewritten: boolean): unknown {
  const { isFallback, nextExport, props, page } = core.data;
  const more = location.search || rewritten;
  return isFallback || (nextExport && (page.includes("[") || more)) || (props.__N_SSG && more);
}

/** Completes the first page where the middleware may have chosen it. */
async function complete(t: Transitions): Promise<void> {
  const { matchesMiddleware } = await import("./middleware");
  const { locale } = core.state;
  const guarded = await matchesMiddleware(currentUrl(), locale).catch(() => false);
  if (!core.isSsr) return;
  if (guarded) core.writeHistory("replaceState", currentUrl(), currentUrl(), { locale });
  if (isOpen(guarded || !!process.env.__NEXT_HAS_REWRITES)) await t.complete(guarded);
}

/** The document may be longer than it was when the browser looked for the element of the hash. */
function scrollToFragment(): void {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target) setTimeout(() => target.scrollIntoView());
}

function run(task: (t: Transitions) => Promise<void>): void {
  transitions()
    .then(task)
    .catch(uncaught);
}

/** Tells the window what nobody handles. */
function uncaught(err: unknown): void {
  if (err instanceof Cancelled) return;
  if (process.env.NODE_ENV !== "production" && self.__onward) self.__onward.report("runtime", err);
  else reportError(err);
}

function Committed({ done }: { done(): void }): null {
  useLayoutEffect(done, [done]);
  return null;
}

/** Renders a page and resolves when it is on the screen. */
function show(info: PageInfo, committed?: () => void): Promise<void> {
  const { module, props, err } = info;
  const App = core.components["/_app"]!.module.default;
  pending?.cancel(new Cancelled());
  if (err === undefined) failed = false;
  if (process.env.NODE_ENV !== "production") {
    const route = routeOf(module);
    shown = route === undefined ? undefined : { info, route };
    if (root) self.__onward?.navigated();
  }
  return new Promise((resolve, reject) => {
    const mine = (pending = {
      done() {
        if (pending !== mine) return;
        pending = undefined;
        rendered(first);
        committed?.();
        resolve();
      },
      cancel: reject,
    });
    // useId counts siblings: the server has two in the same places (server/tree.ts).
    const page = (
      <>
        {null}
        <Boundary>
          <Contexts>
            <>
              <App
                {...props}
                Component={module.default}
                router={core.router}
                {...(err === undefined ? {} : { err })}
              />
              <Committed done={mine.done} />
            </>
          </Contexts>
        </Boundary>
      </>
    );
    const tree = clientConfig().reactStrictMode ? <StrictMode>{page}</StrictMode> : page;
    const first = !root;
    mark("beforeRender");
    startTransition(() => {
      if (root) root.render(tree);
      else root = hydrateRoot(document.getElementById("__next")!, tree, rootOptions());
    });
  });
}

/** What becomes of errors that React tells of. */
function rootOptions(): HydrationOptions {
  // React could repair what is recoverable; the cause still matters to developers.
  const causeOf = (err: unknown) => (err instanceof Error && err.cause !== undefined ? err.cause : err);
  if (process.env.NODE_ENV === "production" || !self.__onward) {
    return { onRecoverableError: (err) => reportError(causeOf(err)) };
  }
  const dev = self.__onward;
  dev.ownerStack = captureOwnerStack;
  return {
    onRecoverableError: (err, { componentStack }) =>
      dev.report("hydration", causeOf(err), { componentStack, ownerStack: captureOwnerStack() }),
    onCaughtError: (err, { componentStack }) => dev.report("runtime", err, { componentStack }),
    onUncaughtError: (err, { componentStack }) => dev.report("runtime", err, { componentStack }),
  };
}

/** Replaces the page by the error page. */
function showError(err: unknown): void {
  if (err instanceof Cancelled) return;
  console.error(err);
  if (failed) return;
  failed = true;
  run(async (t) => show(await t.errorPage(err)));
}

/** The app in its contexts, for getInitialProps that render it (data collection). */
function AppTree(props: any): ReactElement {
  const App = core.components["/_app"]!.module.default;
  return (
    <Contexts>
      <App Component={core.components[core.state.route]?.module.default} router={core.router} {...props} />
    </Contexts>
  );
}

/** Path of the address bar without basePath and locale; what the address says of the default locale goes into the data. */
function firstPath(data: NextData): string {
  const path = removeBasePath(currentUrl());
  if (!clientConfig().i18n) return path;
  const split = splitLocale(path, data.locales);
  // Without a prefix the locale that is shown must be the default one here.
  if (!split.locale) data.defaultLocale = data.locale;
  data.defaultLocale = findDomain(data.domainLocales, location.hostname)?.defaultLocale ?? data.defaultLocale;
  return split.pathname;
}

/** Starts the document's scripts; the code for it is only fetched when there are any. */
async function startScripts({ scriptLoader }: NextData): Promise<void> {
  if (!scriptLoader.length && !document.querySelector("[data-nscript]")) return;
  (await import("../next/script")).initScriptLoader(scriptLoader);
}

/** Makes the app known to the development client. */
function attachDev(dev: DevClient): void {
  const { components } = core;
  dev.attach({
    route: () => shown?.route ?? core.state.route,
    path: () => removeTrailingSlash(parsePath(core.state.asPath).pathname),
    updated() {
      if (!shown || shown.info.err !== undefined) return false;
      const { info, route } = shown;
      const old = info.module;
      const app = components["/_app"]!.module;
      for (const [name, known] of Object.entries(components)) known.module = newest(name) ?? known.module;
      const module = newest(route) ?? old;
      info.module = module;
      const same =
        dev.isSameComponent(app.default, components["/_app"]!.module.default) &&
        dev.isSameComponent(old.default, module.default);
      // React has rendered the rest by itself.
      if (!same) show(info).catch(uncaught);
      // The data functions stand in the same file.
      if (old !== module && (module.__N_SSG || module.__N_SSP || old.__N_SSG || old.__N_SSP)) this.refreshData();
      return true;
    },
    refreshData: () => run(async (t) => t.refresh!()),
    forget(routes) {
      for (const route of routes) {
        registered.delete(route);
        delete components[route];
      }
    },
  });
}

/** The module of a route; undefined when its code throws. */
function newest(route: string): PageModule | undefined {
  try {
    return registered.get(route)?.();
  } catch {
    // Whoever ran it has told of it.
    return undefined;
  }
}

/** The route whose module that is now; undefined for what no page script brought. */
function routeOf(module: PageModule): string | undefined {
  return [...registered.keys()].find((route) => newest(route) === module);
}

async function start(text: string): Promise<void> {
  const data = (self.__NEXT_DATA__ = JSON.parse(text) as NextData);
  takeEntries();
  const [app, module] = await Promise.all([entryOf("/_app"), entryOf(data.page)]);
  await Promise.all([preloadReady(data.dynamicIds), startScripts(data)]);
  const page: PageInfo = { module, props: data.props };
  if (data.err) page.err = Object.assign(new Error(data.err.message), data.err);
  let router: Router;
  ({ router, core, transitions } = createRouter({
    data,
    asPath: firstPath(data),
    page,
    app,
    appTree: AppTree,
    show,
  }));
  setRouter(router);
  self.next = { version: "16.4.6", router };
  if (process.env.NODE_ENV !== "production" && self.__onward) attachDev(self.__onward);
  if (app.reportWebVitals) {
    let { reportWebVitals } = app;
    if (process.env.NODE_ENV !== "production") {
      // The newest one, should _app be edited.
      reportWebVitals = (metric) => core.components["/_app"]!.module.reportWebVitals?.(metric);
    }
    import("./report").then((m) => m.reportTo(reportWebVitals));
  }
  await show(page);
}

const text = document.getElementById("__NEXT_DATA__")?.textContent;
// Somebody may navigate before the first page is on the screen.
if (text) start(text).catch(uncaught);
