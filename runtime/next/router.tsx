/** `next/router`: the router of the page as a hook, a wrapper and a singleton. */
import { useContext } from "react";
import type { ComponentType, ReactElement } from "react";
import { RouterContext } from "./context";
import type { NextRouter } from "./context";
import { componentName } from "./initial-props";
import type { InitialPropsHolder } from "./initial-props";
import { routerEvents } from "./router-events";

export type { NextRouter } from "./context";
export interface WithRouterProps {
  router: NextRouter;
}

/** Names of everything a router has but events. */
export const routerFields = [
  "pathname",
  "route",
  "query",
  "asPath",
  "components",
  "isFallback",
  "basePath",
  "locale",
  "locales",
  "defaultLocale",
  "isReady",
  "isPreview",
  "isLocaleDomain",
  "domainLocales",
] as const;
export const routerMethods = [
  "push",
  "replace",
  "reload",
  "back",
  "prefetch",
  "forward",
  "beforePopState",
] as const;

/** The singleton: the router's own fields once it exists. */
export interface SingletonRouter extends NextRouter {
  router: NextRouter | null;
  /** Calls back when the router exists; at once when it does. Never on the server. */
  ready(callback: () => void): void;
}

let waiting: (() => void)[] = [];
const events = [
  "routeChangeStart",
  "beforeHistoryChange",
  "routeChangeComplete",
  "routeChangeError",
  "hashChangeStart",
  "hashChangeComplete",
] as const;

function current(): any {
  if (!singleton.router) {
    throw new Error(
      "No router instance found. " +
        (typeof window === "undefined"
          ? "next/router's default export works in the browser only: use it in an event handler or an effect, or use useRouter() in a component."
          : "Use next/router inside a page of the app, after it has started."),
    );
  }
  return singleton.router;
}

const singleton = {
  router: null,
  events: routerEvents,
  ready(callback: () => void) {
    if (singleton.router) callback();
    else if (typeof window !== "undefined") waiting.push(callback);
  },
} as SingletonRouter;
for (const field of routerFields) {
  Object.defineProperty(singleton, field, { get: () => current()[field] });
}
for (const method of routerMethods) {
  (singleton as any)[method] = (...args: unknown[]) => current()[method](...args);
}
/** Router.onRouteChangeStart = fn and its like, the older way to listen. */
function listen(): void {
  for (const event of events) {
    routerEvents.on(event, (...args) => {
      const name = "on" + event[0]!.toUpperCase() + event.slice(1);
      try {
        (singleton as any)[name]?.(...args);
      } catch (err) {
        console.error(`Error when running the Router event: ${name}`, err);
      }
    });
  }
}

/** Puts the page's router in place; the browser entry calls it once, when the app's module has run. */
export function setRouter(router: NextRouter): void {
  singleton.router = router;
  listen();
  const callbacks = waiting;
  waiting = [];
  for (const callback of callbacks) callback();
}

/** A copy of the router as it is now: a new object tells React that something changed. */
export function routerSnapshot(router: NextRouter): NextRouter {
  const copy: any = { events: routerEvents };
  for (const field of routerFields) {
    const value = (router as any)[field];
    copy[field] =
      value && typeof value === "object" ? (Array.isArray(value) ? [...value] : { ...value }) : value;
  }
  for (const method of routerMethods) copy[method] = (...args: unknown[]) => (router as any)[method](...args);
  return copy;
}

/** The router of the page that renders. Throws outside pages. */
export function useRouter(): NextRouter {
  const router = useContext(RouterContext);
  if (!router) {
    throw new Error(
      "useRouter() of next/router was called where no page of the Pages Router renders. In shared code, useRouter() of next/compat/router gives null instead.",
    );
  }
  return router;
}

/** Gives a component the router as its `router` prop. */
export function withRouter<P extends WithRouterProps>(
  Composed: ComponentType<P>,
): ComponentType<Omit<P, keyof WithRouterProps>> {
  const inner = Composed as ComponentType<any> & InitialPropsHolder & { origGetInitialProps?: unknown };
  function WithRouter(props: Omit<P, keyof WithRouterProps>): ReactElement {
    return <Composed router={useRouter()} {...(props as any)} />;
  }
  WithRouter.getInitialProps = inner.getInitialProps;
  WithRouter.origGetInitialProps = inner.origGetInitialProps;
  WithRouter.displayName = `withRouter(${componentName(inner)})`;
  return WithRouter;
}

export default singleton;
