/**
 * The app this worker serves: what Boot told, and its pages, loaded on first
 * use. Nothing here touches the clock, the environment or the disk before
 * `start`, so that it may lie in an engine snapshot.
 */
import type { ComponentType } from "react";
import { isLoaded, require } from "../platform/index";
import BuiltinApp from "../next/app";
import BuiltinDocument from "../next/document";
import BuiltinError from "../next/error";
import type { Boot, BootPage } from "./protocol";

/** A data function of a page, as user code exports it. */
export type DataFunction = (context: Record<string, unknown>) => unknown;

/** A component that may have getInitialProps; also the shape of App and Document. */
export type PageComponent = ComponentType<any> & {
  getInitialProps?: (context: any) => unknown;
  unstable_scriptLoader?: () => unknown;
};

/** A page module, looked at once. */
export interface Page {
  route: string;
  dynamic: boolean;
  /** Raw exports. */
  exports: Record<string, unknown>;
  Component: PageComponent;
  getStaticProps?: DataFunction;
  getServerSideProps?: DataFunction;
  getStaticPaths?: DataFunction;
  config: Record<string, unknown>;
  assets: BootPage;
  /** A Suspense boundary or a suspended component was met: render without the synchronous attempt. */
  suspends: boolean;
}

const noAssets: BootPage = { file: "", scripts: [], preload: [], styles: [] };

let boot: Boot | undefined;
const loaded = new Map<string, Page>();

/** Takes Boot, once per worker, before any Job. */
export function start(given: Boot): void {
  boot = given;
  loaded.clear();
  const { basePath, trailingSlash, i18n, images, reactStrictMode, crossOrigin, assetPrefix, deploymentId } = given;
  (globalThis as { __ONWARD_CLIENT_CONFIG?: unknown }).__ONWARD_CLIENT_CONFIG = {
    basePath, trailingSlash, i18n, images, reactStrictMode, crossOrigin, assetPrefix, deploymentId,
    ...given.experiments,
  };
}

/** Boot of this worker. Throws before `start`. */
export function current(): Boot {
  if (!boot) throw new Error("the server runtime was asked to work before it was booted");
  return boot;
}

function builtin(route: string): unknown {
  switch (route) {
    case "/_app":
      return BuiltinApp;
    case "/_document":
      return BuiltinDocument;
    case "/_error":
      return BuiltinError;
  }
  return undefined;
}

/** Files in Boot are relative to the output folder, which may be moved as a whole, or absolute. */
export function fileOf(distDir: string, file: string): string {
  return file.startsWith("/") ? file : `${distDir}/${file}`;
}

/**
 * The page of a route. Throws when the build has no such page, or what its module throws when it loads.
 *
 * The modules of the document and the app run before those of the first page, whatever a page is loaded for: the order
 * in which modules run decides the order of styles that CSS-in-JS packages write.
 */
export function load(route: string): Page {
  const known = loaded.get(route);
  if (known) return known;
  for (const frame of framesOf(route)) loadQuietly(frame);
  const assets = current().pages[route];
  let exports: Record<string, unknown>;
  if (assets?.file) {
    exports = exportsOf(require(fileOf(current().distDir, assets.file)));
  } else {
    const component = builtin(route);
    if (!component) throw new Error(`the build has no page for ${route}`);
    exports = { default: component };
  }
  const page: Page = {
    route,
    dynamic: /\/\[[^/]+\](?=\/|$)/.test(route),
    exports,
    Component: exports.default as PageComponent,
    getStaticProps: functionOf(exports.getStaticProps),
    getServerSideProps: functionOf(exports.getServerSideProps),
    getStaticPaths: functionOf(exports.getStaticPaths),
    config: (exports.config as Record<string, unknown> | undefined) ?? {},
    assets: assets ?? noAssets,
    suspends: false,
  };
  loaded.set(route, page);
  return page;
}

/** What every page is rendered in, in the order in which their modules run. */
const frames = ["/_document", "/_app"];

/** The frames whose modules run before that of a route. */
export function framesOf(route: string): string[] {
  if (isApiRoute(route)) return [];
  const at = frames.indexOf(route);
  return at < 0 ? frames : frames.slice(0, at);
}

/** Forgets the pages whose modules are to run anew. */
export function dropPages(): void {
  for (const [route, { assets }] of loaded) {
    if (assets.file && !isLoaded(fileOf(current().distDir, assets.file))) loaded.delete(route);
  }
}

/** Takes what Boot now says of a route. A page that comes from another module is forgotten. */
export function renewAssets(route: string): void {
  const page = loaded.get(route);
  if (!page) return;
  const assets = current().pages[route] ?? noAssets;
  if (assets.file === page.assets.file) page.assets = assets;
  else loaded.delete(route);
}

/** Loads a frame ahead of a page. What it throws is told when the frame itself is asked for, not as the page's mistake. */
function loadQuietly(frame: string): void {
  try {
    load(frame);
  } catch {
    // Nothing is kept of a module that throws: it throws again.
  }
}

/** Whether the route is a function that answers requests, not a page. */
export function isApiRoute(route: string): boolean {
  return route === "/api" || route.startsWith("/api/");
}

/** Named exports of a module, with `default` filled in for `module.exports = Component`. */
function exportsOf(module: unknown): Record<string, unknown> {
  if (module !== null && typeof module === "object" && (module as { default?: unknown }).default) {
    return module as Record<string, unknown>;
  }
  if (typeof module === "function") {
    return { ...(module as unknown as Record<string, unknown>), default: (module as { default?: unknown }).default ?? module };
  }
  return (module ?? {}) as Record<string, unknown>;
}

function functionOf(value: unknown): DataFunction | undefined {
  return typeof value === "function" ? (value as DataFunction) : undefined;
}
