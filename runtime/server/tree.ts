/**
 * The element that a page is rendered from: the app inside every context that
 * next/* modules read, and the router that pages see on the server.
 */
import { Fragment, createElement } from "react";
import type { ComponentType, ReactElement, ReactNode } from "react";
import { HeadManagerContext, ImageConfigContext, LoadableContext, RouterContext } from "../next/context";
import type { HeadManager, NextRouter, Query, RouterEvents, ScriptProps } from "../next/context";
import type { ImageConfig } from "../next/client-config";
import { mergeHead } from "../next/head-elements";
import { collectStyles, styleRegistry, takeStyles } from "./styles";

function unavailable(): never {
  throw new Error(
    "no router instance on the server: push, replace, back and the like only work in the browser. Call them from an event handler or an effect.",
  );
}

/** What is known of the page when it renders. */
export interface RouterFacts {
  pathname: string;
  query: Query;
  asPath: string;
  isFallback: boolean;
  isReady: boolean;
  isPreview: boolean;
  basePath: string;
  locale?: string;
  locales?: readonly string[];
  defaultLocale?: string;
  domainLocales?: NextRouter["domainLocales"];
  isLocaleDomain: boolean;
}

/** The router as useRouter() and App get it; methods throw. */
class ServerRouter implements NextRouter {
  route: string;
  pathname: string;
  query: Query;
  asPath: string;
  isFallback: boolean;
  basePath: string;
  locale?: string;
  locales?: readonly string[];
  defaultLocale?: string;
  isReady: boolean;
  domainLocales?: NextRouter["domainLocales"];
  isPreview: boolean;
  isLocaleDomain: boolean;
  declare events: RouterEvents;
  declare push: () => never;
  declare replace: () => never;
  declare reload: () => never;
  declare back: () => never;
  declare forward: () => never;
  declare prefetch: () => never;
  declare beforePopState: () => never;

  constructor(facts: RouterFacts) {
    this.route = facts.pathname;
    this.pathname = facts.pathname;
    this.query = facts.query;
    this.asPath = facts.asPath;
    this.isFallback = facts.isFallback;
    this.basePath = facts.basePath;
    this.locale = facts.locale;
    this.locales = facts.locales;
    this.defaultLocale = facts.defaultLocale;
    this.isReady = facts.isReady;
    this.domainLocales = facts.domainLocales;
    this.isPreview = facts.isPreview;
    this.isLocaleDomain = facts.isLocaleDomain;
  }
}
for (const method of ["push", "replace", "reload", "back", "forward", "prefetch", "beforePopState"] as const) {
  ServerRouter.prototype[method] = unavailable;
}
ServerRouter.prototype.events = { on() {}, off() {}, emit() {} };

/** The router of one request. */
export function serverRouter(facts: RouterFacts): NextRouter {
  return new ServerRouter(facts);
}

/** What one render of the app left behind. */
export class Collected {
  readonly heads = new Set<ReactNode>();
  readonly dynamicIds = new Set<string>();
  readonly beforeInteractive: ScriptProps[] = [];
  readonly manager: HeadManager;
  /** Styles of styled-jsx, in apps that use it. */
  readonly sheet = styleRegistry();

  constructor(nonce: string | undefined) {
    this.manager = {
      add: (children) => void this.heads.add(children),
      beforeInteractive: (script) => {
        if (!this.beforeInteractive.some((known) => sameScript(known, script))) this.beforeInteractive.push(script);
      },
      nonce,
    };
  }
  /** Before the app is rendered once more: a render counts whole or not at all. */
  reset(): void {
    this.heads.clear();
    this.dynamicIds.clear();
    this.beforeInteractive.length = 0;
    this.sheet?.flush();
  }
  /** The style elements of styled-jsx; they are handed out once. */
  styles(): ReactElement[] {
    return takeStyles(this.sheet, this.manager.nonce);
  }
  /** The merged tags; the same list for every page that has none of its own. */
  head(): ReactElement[] {
    return this.heads.size ? mergeHead(this.heads) : (plainHead ??= mergeHead([]));
  }
}
let plainHead: ReactElement[] | undefined;

function sameScript(a: ScriptProps, b: ScriptProps): boolean {
  return a === b || (a.src === b.src && a.id === b.id && (a.src !== undefined || a.id !== undefined));
}

/** Contexts of one request. */
export interface Surroundings {
  router: NextRouter;
  collected: Collected;
  images: ImageConfig | null;
}

function Nothing(): null {
  return null;
}

/**
 * Puts the contexts around a tree. The two empty siblings are where the browser's
 * root has its own bookkeeping components: useId counts siblings, so both sides
 * must have the same ones.
 */
export function surround(around: Surroundings, app: ReactElement): ReactElement {
  const { router, collected, images } = around;
  let tree: ReactElement = createElement(Fragment, null, app, createElement(Nothing));
  tree = createElement(ImageConfigContext.Provider, { value: images }, tree);
  tree = createElement(LoadableContext.Provider, { value: (id: string) => void collected.dynamicIds.add(id) }, tree);
  tree = collectStyles(collected.sheet, tree);
  tree = createElement(HeadManagerContext.Provider, { value: collected.manager }, tree);
  tree = createElement(RouterContext.Provider, { value: router }, tree);
  return createElement(Fragment, null, createElement(Nothing), tree);
}

/** <App Component router {...props}>. */
export function appElement(
  App: ComponentType<any>, Component: ComponentType<any>, props: Record<string, unknown>, router: NextRouter,
): ReactElement {
  return createElement(App, { Component, ...props, router });
}

/** The element whose HTML becomes the body: #__next with the app in it. */
export function bodyElement(tree: ReactElement): ReactElement {
  return createElement("div", { id: "__next" }, tree);
}
