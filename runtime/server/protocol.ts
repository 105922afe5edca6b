/**
 * The Jobs that Go asks of the server runtime, and their answers.
 * The Go half is internal/render/protocol.go.
 *
 * Headers are flat lists [name, value, name, value, ...]: order and repeats
 * are kept and nothing is parsed twice.
 */

import type { DomainLocale } from "../next/context";

/** Handed over once per worker. */
export interface Boot {
  buildId: string;
  /** Absolute project directory and output directory. */
  dir: string;
  distDir: string;
  dev: boolean;
  assetPrefix: string;
  basePath: string;
  trailingSlash: boolean;
  reactStrictMode: boolean;
  crossOrigin?: "anonymous" | "use-credentials";
  deploymentId?: string;
  i18n?: { locales: string[]; defaultLocale: string; domains?: DomainLocale[] };
  /** Experimental options that next/* modules look at. */
  experiments?: Record<string, unknown>;
  /** Resolved `images` config, as the client gets it too. */
  images: Record<string, unknown>;
  /** Route pattern → what it needs. "/_app", "/_document", "/_error", "/404" and "/500" are in it too. */
  pages: Record<string, BootPage>;
  /** Scripts of every page, in order, before the page's own: URL paths relative to `_next/`, e.g. "static/chunks/main-abc.js". */
  mainScripts: string[];
  /** Transitive imports of mainScripts, for modulepreload. */
  mainPreload?: string[];
  /** Classic scripts loaded with low priority: _buildManifest.js, _ssgManifest.js. */
  manifestScripts: string[];
  /** Classic scripts for `noModule` browsers; may be empty. */
  polyfills: string[];
  /** Bytes of __NEXT_DATA__ above which a warning is logged. */
  largePageDataBytes: number;
  /** The app's middleware: its module, relative to distDir, and its source, relative to the project. */
  middleware?: { file: string; source: string; proxy: boolean };
  /** The module of the app's instrumentation file, relative to distDir. Absent at build: nothing is served then. */
  instrumentation?: string;
  /** skipProxyUrlNormalize: middleware sees data URLs as they are. */
  rawMiddlewareUrl?: boolean;
}

export interface BootPage {
  /** The CommonJS module, relative to distDir or absolute. */
  file: string;
  /** ES module entries to run, in order (relative to `_next/`), e.g. ["static/chunks/pages/about-abc.js"]. Empty for API routes. */
  scripts: string[];
  /** Their transitive imports, for modulepreload. */
  preload: string[];
  styles: string[];
  /** Font files to preload; empty when the page has fonts but preloads none. */
  fonts?: string[];
  /** next/dynamic module id → what it loads, for preloading when rendered. */
  dynamic?: Record<string, { scripts: string[]; styles: string[] }>;
}

export interface RequestInfo {
  method: string;
  /** Request target as sent, e.g. "/_next/data/x/a.json?b=1". */
  url: string;
  headers: string[];
  remoteAddress: string;
  remotePort?: number;
  httpVersion: string;
  https?: boolean;
}

/**
 * Job "page": render one page.
 *
 * mode:
 *  - "request": per request (getServerSideProps, getInitialProps, error pages)
 *  - "auto":    automatic static optimization, at build
 *  - "ssg":     getStaticProps, at build or to revalidate
 *  - "fallback": the shell of fallback: true
 */
export interface PageJob {
  route: string;
  mode: "request" | "auto" | "ssg" | "fallback";
  form: "html" | "data";
  /** Why getStaticProps runs. */
  reason?: "build" | "stale" | "on-demand";
  /** Absent at build. */
  req?: RequestInfo;
  /** Concrete path, decoded, without query, basePath and locale: "/posts/a". */
  path: string;
  /** What router.asPath shows: path as the browser has it, with query. */
  asPath: string;
  /** For getServerSideProps. */
  resolvedUrl?: string;
  /** Query merged with params; values string or string[]. */
  query: Record<string, string | string[]>;
  params?: Record<string, string | string[]>;
  locale?: string;
  defaultLocale?: string;
  /** i18n: the request was sent to one of the domains, or for a locale that has one. */
  onDomain?: boolean;
  preview?: boolean;
  previewData?: unknown;
  /** The page is of the edge runtime, which tells it less. */
  edge?: true;
  /** Route is "/_error", "/404" or "/500": the status to show, and what went wrong. */
  statusCode?: number;
  err?: { name: string; message: string; stack?: string; statusCode?: number };
}

/**
 * Meta of the answer to "page". The body is HTML for form html, else the data
 * JSON. For a redirect it is the data JSON in both forms (__N_REDIRECT ...), for
 * notFound it is empty.
 */
export interface PageReply {
  /**
   *  - "page":     the body is the page (or its data)
   *  - "notFound": the data function said notFound
   *  - "redirect": it said redirect
   *  - "ended":    user code ended `res` itself; the body is what it wrote
   */
  kind: "page" | "notFound" | "redirect" | "ended";
  status: number;
  headers: string[];
  /** mode ssg: seconds, or false for never. */
  revalidate?: number | false;
  /** mode ssg, form html: the data JSON of the same run. */
  data?: string;
  redirect?: { destination: string; statusCode: number; basePath?: false };
}

/** Job "api": an API route. Answers stream: Head meta is {status, statusText?, headers}. */
export interface ApiJob {
  route: string;
  req: RequestInfo;
  query: Record<string, string | string[]>;
  params?: Record<string, string | string[]>;
  preview?: boolean;
  previewData?: unknown;
  /** The preview cookies mean nothing any more: they are removed once the route has looked at them. */
  previewClear?: boolean;
  /** Keys for setPreviewData/setDraftMode and res.revalidate. */
  previewKeys: { id: string; signing: string; encryption: string };
}

/**
 * Job "middleware". The input is two lines: this, and the list of headers. The answer
 * is one of
 *  - an empty Meta: the request goes on, nothing is changed;
 *  - for a response of status 200 without a body that lets the request go on: a line
 *    end, and names and values of its headers, with line ends between them;
 *  - WebHead, with what NextResponse says in x-middleware-* headers, and the body.
 */
export interface MiddlewareJob {
  method: string;
  /** Absolute; with base path and locale, without what marks a data request. */
  url: string;
}

/** Job "edge": an API route of the edge runtime. Its answer has WebHead for Meta. */
export interface EdgeJob extends MiddlewareJob {
  route: string;
}
export interface WebHead {
  status: number;
  statusText?: string;
  headers: string[];
  /** The response has no body, which is not the same as an empty one. */
  empty?: true;
}

/** Job "collect": load a module and tell what it is. Answer: PageFacts. */
export interface CollectJob {
  route: string;
}
export interface PageFacts {
  route: string;
  /** The default export is a valid React component (pages) or function (API). */
  validDefault: boolean;
  gsp: boolean;
  gssp: boolean;
  gip: boolean;
  staticPaths: boolean;
  /** `export const config`, JSON. */
  config: Record<string, unknown>;
  /** For "/_app", "/_document" and "/_error": it has a getInitialProps of its own. */
  customGip: boolean;
  /** Contract violations found (messages as Next.js users know them, in our words), e.g. getStaticProps with getServerSideProps. */
  errors: string[];
}

/** Job "paths": run getStaticPaths. Answer: PathsReply. */
export interface PathsJob {
  route: string;
  locales?: string[];
  defaultLocale?: string;
}
export interface PathsReply {
  fallback: false | true | "blocking";
  /** Concrete encoded paths without locale, deduplicated, with their params. */
  paths: { path: string; params: Record<string, string | string[]>; locale?: string }[];
}

/** Job "cache": an operation of the user's cache handler. Answer to "get": CacheReply with the HTML as body, or null. */
export interface CacheJob {
  operation: "get" | "set";
  /** The handler's module, relative to distDir. */
  module: string;
  key: string;
  /** For its constructor, should it be needed. */
  options: { flushToDisk: boolean; maxMemoryCacheSize: number };
  value?: CacheValue;
}
export interface CacheValue {
  /** "PAGES", "REDIRECT", or nothing for a page that was not found. */
  kind?: string;
  html?: string;
  data?: unknown;
  headers?: string[];
  status?: number;
  /** Seconds, 0 for never. */
  revalidate?: number;
  expire?: number;
}
export interface CacheReply extends Omit<CacheValue, "html"> {
  lastModified?: number;
}

/** Job "warm": require every listed module so that code caches can be made. Answer: {}. */
export interface WarmJob {
  routes: string[];
  middleware?: true;
}
