/**
 * Renders a page for nobody while the engine's start-up snapshot is made: the
 * functions on that path are then compiled in every worker that starts from it,
 * which saves the first request some 50 ms. Everything here is synchronous (a
 * snapshot cannot hold pending promises), and what it leaves behind is cleared
 * when the worker boots.
 */
import { load, start } from "./app";
import { IncomingMessage } from "./incoming";
import { ServerResponse } from "./outgoing";
import { canRehearse, render } from "./renderer";
import { document, documentOf } from "./shell";
import { Collected, appElement, bodyElement, serverRouter, surround } from "./tree";

declare const process: { env: { NODE_ENV?: string } };

/** Call it last, when all modules are registered. */
export function rehearse(): void {
  if (!canRehearse()) return;
  start({
    buildId: "", dir: "/", distDir: "/", dev: false, assetPrefix: "", basePath: "", trailingSlash: false,
    reactStrictMode: false, images: {}, pages: {}, mainScripts: ["main.js"], manifestScripts: ["manifest.js"],
    polyfills: [], largePageDataBytes: 0,
  });
  const page = load("/_error");
  const req = new IncomingMessage({ method: "GET", url: "/", headers: ["Host", "a"], remoteAddress: "", httpVersion: "1.1" }, {});
  const res = new ServerResponse(req, { whole() {}, head() {}, write: () => undefined, end() {}, fail() {} });
  res.setHeader("Content-Type", "text/html");
  const collected = new Collected(undefined);
  const router = serverRouter({
    pathname: "/_error", query: {}, asPath: "/?a=b", isFallback: false, isReady: true, isPreview: false, basePath: "",
  });
  const props = { pageProps: { statusCode: 404 } };
  // V8 does not restore the objects that React's development build makes of elements.
  if (process.env.NODE_ENV !== "production") return;
  const app = appElement(load("/_app").Component, page.Component, props, router);
  const body = render(() => bodyElement(surround({ router, collected, images: null }, app)), page) as string;
  document({
    page,
    Document: documentOf().Component,
    data: { props, page: "/_error", query: {}, buildId: "", isFallback: false, scriptLoader: [] },
    propsJSON: JSON.stringify(props),
    asPath: "/",
    head: collected.head(),
    body,
    dynamicIds: collected.dynamicIds,
    beforeInteractive: [],
    nonce: undefined,
    props: undefined,
  });
  res.flatHeaders();
}
