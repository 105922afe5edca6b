/**
 * The React contexts through which the runtime talks to the public next/*
 * modules, and the shapes of what they carry. The server runtime provides them
 * around the app and the document, the browser entry around the app. Nothing
 * here does anything: no imports but React, no side effects, so that it may lie
 * in an engine snapshot.
 */
import { createContext } from "react";
import type { ComponentType, ReactElement, ReactNode } from "react";
import type { ImageConfig } from "./client-config";

/** Values of a query: repeated keys and catch-all params are arrays. */
export type Query = Record<string, string | string[] | undefined>;

export interface DomainLocale {
  domain: string;
  defaultLocale: string;
  locales?: readonly string[];
  http?: true;
}

/** Where to go: what `href` takes and what `url.format` of Node.js understands. */
export interface UrlObject {
  auth?: string | null;
  hash?: string | null;
  host?: string | null;
  hostname?: string | null;
  href?: string | null;
  pathname?: string | null;
  port?: string | number | null;
  protocol?: string | null;
  query?: string | null | Record<string, unknown>;
  search?: string | null;
  slashes?: boolean | null;
}
export type Url = UrlObject | string;

export interface TransitionOptions {
  shallow?: boolean;
  locale?: string | false;
  scroll?: boolean;
}
export interface PrefetchOptions {
  priority?: boolean;
  locale?: string | false;
}

export type RouterEvent =
  | "routeChangeStart"
  | "beforeHistoryChange"
  | "routeChangeComplete"
  | "routeChangeError"
  | "hashChangeStart"
  | "hashChangeComplete";
export type RouterEventHandler = (...args: any[]) => void;
export interface RouterEvents {
  on(type: RouterEvent, handler: RouterEventHandler): void;
  off(type: RouterEvent, handler: RouterEventHandler): void;
  emit(type: RouterEvent, ...args: unknown[]): void;
}

/** What history.state holds for an entry that this router made. */
export interface HistoryState {
  url: string;
  as: string;
  options: TransitionOptions & { _h?: 1 };
}
export type BeforePopState = (state: HistoryState) => boolean;

/** The object that useRouter() answers. Values are those of the page that is shown. */
export interface NextRouter {
  /** Pattern of the page: "/posts/[id]". */
  route: string;
  pathname: string;
  query: Query;
  /** Path as the address bar has it, with query and hash, without basePath and locale. */
  asPath: string;
  basePath: string;
  locale?: string;
  locales?: readonly string[];
  defaultLocale?: string;
  domainLocales?: readonly DomainLocale[];
  isLocaleDomain: boolean;
  /** False on the server and at the first browser render while `query` is not complete. */
  isReady: boolean;
  isPreview: boolean;
  isFallback: boolean;
  events: RouterEvents;
  push(url: Url, as?: Url, options?: TransitionOptions): Promise<boolean>;
  replace(url: Url, as?: Url, options?: TransitionOptions): Promise<boolean>;
  prefetch(url: string, as?: string, options?: PrefetchOptions): Promise<void>;
  reload(): void;
  back(): void;
  forward(): void;
  beforePopState(veto: BeforePopState): void;
}

/** The router of the page; null outside an app (also under the App Router). */
export const RouterContext = /* @__PURE__ */ createContext<NextRouter | null>(null);

/** A <Script> as data: its props, without event handlers where it crosses in __NEXT_DATA__. */
export type ScriptProps = Record<string, unknown> & { id?: string; src?: string; strategy?: string };

/**
 * Collects what <Head> and <Script> of a page ask for; the server provides it.
 * After the render, `mergeHead([...collected])` of head-elements.ts (it answers
 * the defaults for an empty list) is HtmlContextValue.head and the list of
 * scripts is HtmlContextValue.beforeInteractive. A render that React retries may
 * add the same children again: keep them in a Set.
 */
export interface HeadManager {
  /** Children of a <Head>. */
  add?(children: ReactNode): void;
  /** A <Script strategy="beforeInteractive"> outside the document. */
  beforeInteractive?(script: ScriptProps): void;
  /** Nonce of the request's content security policy. */
  nonce?: string;
}
export const HeadManagerContext = /* @__PURE__ */ createContext<HeadManager | null>(null);

/**
 * Told the module ids of every next/dynamic component that renders; the server
 * lists them in __NEXT_DATA__.dynamicIds. Before rendering it must await
 * `preloadAll()` of loadable.tsx.
 */
export const LoadableContext = /* @__PURE__ */ createContext<((id: string) => void) | null>(null);

/** Resolved `images` config; null means the app's own (clientConfig().images). */
export const ImageConfigContext = /* @__PURE__ */ createContext<ImageConfig | null>(null);

/** __NEXT_DATA__, keys in this order; undefined ones are left out. */
export interface NextData {
  props: Record<string, any>;
  page: string;
  query: Query;
  buildId: string;
  assetPrefix?: string;
  nextExport?: boolean;
  autoExport?: boolean;
  isFallback: boolean;
  dynamicIds?: string[];
  err?: { name?: string; message: string; stack?: string; statusCode?: number; source?: "server" };
  gsp?: boolean;
  gssp?: boolean;
  customServer?: boolean;
  gip?: boolean;
  appGip?: boolean;
  locale?: string;
  locales?: readonly string[];
  defaultLocale?: string;
  domainLocales?: readonly DomainLocale[];
  isPreview?: boolean;
  notFoundSrcPage?: string;
  /** Filled by <Html> with the scripts of the document that the browser has to load. */
  scriptLoader: ScriptProps[];
}

/** Everything next/document needs. Asset paths are relative to `_next/` ("static/chunks/main-x.js"). */
export interface HtmlContextValue {
  /** The object behind `nextDataText`; <Html> sets its scriptLoader while it renders. */
  __NEXT_DATA__: NextData;
  /**
   * Text between the tags of #__NEXT_DATA__, escaped (`escapeJSON` of
   * document.tsx). Called by <NextScript>, so after <Html> has filled
   * scriptLoader. A server that memoises the shell answers a placeholder.
   */
  nextDataText(): string;
  /** Prefix of all asset URLs, before "/_next/". Empty or without trailing slash; includes basePath when there is no assetPrefix. */
  assetPrefix: string;
  /** Appended to asset URLs, e.g. "?dpl=id"; else "". */
  assetQuery: string;
  deploymentId?: string;
  /** Module scripts in order: main, /_app, the page. */
  scripts: readonly string[];
  /** Their transitive imports, for modulepreload. */
  preload: readonly string[];
  /** Stylesheets of /_app, then of the page: the first `globalStyles` of them get data-n-g, the others data-n-p. */
  styles: readonly string[];
  globalStyles: number;
  /** Font files to preload; undefined when the page has no fonts of next/font. */
  fonts: string[] | undefined;
  /** Scripts and styles of the next/dynamic components that rendered. */
  dynamicScripts: readonly string[];
  dynamicStyles: readonly string[];
  /** Classic scripts of low priority: _buildManifest.js, _ssgManifest.js. */
  manifestScripts: readonly string[];
  /** Classic noModule scripts; may be empty. */
  polyfills: readonly string[];
  /** Merged next/head elements (mergeHead); they already carry data-next-head. */
  head: readonly ReactElement[];
  /** Scripts from <Script strategy="beforeInteractive"> of page and app. */
  beforeInteractive: readonly ScriptProps[];
  /** `styles` of the document's getInitialProps. */
  styleElements: ReactNode;
  crossOrigin?: "anonymous" | "use-credentials" | "";
  /** From a document's defaultGetInitialProps(ctx, {nonce}). */
  nonce?: string;
  /** Page config `unstable_runtimeJS: false`. */
  disableRuntimeJS: boolean;
  /** Page config `unstable_JsPreload: false`. */
  disableJsPreload: boolean;
  locale?: string;
  /** Set by each part while it renders, so that a missing one can be reported. */
  rendered: { Html?: boolean; Head?: boolean; Main?: boolean; NextScript?: boolean };
}

/**
 * What <Main> leaves in the document. The server replaces it in the finished
 * string by the rendered app, `<div id="__next">` included (React puts preload
 * links before that div), or by `html` of the document's initial props.
 */
export const MAIN_SLOT = "<onward-main></onward-main>";

/** The document being rendered; only the server provides it. */
export const HtmlContext = /* @__PURE__ */ createContext<HtmlContextValue | null>(null);

export type RenderPageResult = { html: string; head?: ReactElement[] };
export type Enhancer<P> = (component: ComponentType<P>) => ComponentType<P>;
export type RenderPageOptions =
  Enhancer<any> | { enhanceApp?: Enhancer<any>; enhanceComponent?: Enhancer<any> };
/** Argument of a document's getInitialProps. */
export interface DocumentContext {
  pathname: string;
  query: Query;
  asPath?: string;
  err?: unknown;
  req?: unknown;
  res?: unknown;
  locale?: string;
  locales?: readonly string[];
  defaultLocale?: string;
  AppTree: ComponentType<any>;
  renderPage(options?: RenderPageOptions): RenderPageResult | Promise<RenderPageResult>;
  defaultGetInitialProps(ctx: DocumentContext, options?: { nonce?: string }): Promise<DocumentInitialProps>;
}
export type DocumentInitialProps = RenderPageResult & { styles?: ReactNode };
