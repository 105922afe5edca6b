/** Job "page": one page, from its data function to the finished document. */
import type { ComponentType, ReactElement, ReactNode } from "react";
import type { Job } from "../platform/index";
import BuiltinApp from "../next/app";
import BuiltinDocument from "../next/document";
import { loadInitialProps } from "../next/initial-props";
import { preloadAll } from "../next/loadable";
import type { DocumentContext, NextData, RenderPageOptions, RenderPageResult } from "../next/context";
import type { ImageConfig } from "../next/client-config";
import { current, load, type Page, type PageComponent } from "./app";
import { serverProps, staticProps, type Data } from "./data";
import { IncomingMessage } from "./incoming";
import { renew } from "./live";
import { ServerResponse, joined, type Chunk } from "./outgoing";
import type { PageJob, PageReply, RequestInfo } from "./protocol";
import { render } from "./renderer";
import { document, documentOf } from "./shell";
import { Collected, appElement, bodyElement, serverRouter, surround, type Surroundings } from "./tree";

/** Everything about one page Job. Dies with it. */
interface Visit {
  job: PageJob;
  page: Page;
  App: PageComponent;
  req: IncomingMessage;
  res: ServerResponse;
  /** What user code wrote into `res` itself. */
  written: Chunk[];
  /** No data function and no getInitialProps anywhere: made without a request. */
  autoExport: boolean;
  appGip: boolean;
  around: Surroundings;
  err: Error | undefined;
}

/** Handler of Job "page". */
export async function page(job: Job): Promise<void> {
  const visit = begin(JSON.parse(job.input) as PageJob, job);
  const { page, res } = visit;
  const loads = preloadAll();
  if (loads) await loads;
  const props = await initialProps(visit);
  let data: Data | undefined;
  if (page.getStaticProps) {
    if (visit.job.preview) props.__N_PREVIEW = true;
    props.__N_SSG = true;
    if (visit.job.mode !== "fallback") data = await runStatic(visit);
  } else if (page.getServerSideProps) {
    if (visit.job.preview) props.__N_PREVIEW = true;
    props.__N_SSP = true;
    data = await runServer(visit);
  }
  // A response that user code has begun is the answer; a static page's `res` nobody waits for.
  if (res.headersSent && !page.getStaticProps) return ended(job, visit);
  if (data?.kind === "notFound") return reply(job, visit, "notFound", "", data);
  if (data) props.pageProps = { ...(props.pageProps as object | undefined), ...data.props };
  if (data?.kind === "redirect") return reply(job, visit, "redirect", JSON.stringify(props), data);
  if (visit.job.form === "data" && !page.getStaticProps) return reply(job, visit, "page", JSON.stringify(props), data);
  if (visit.job.mode === "fallback") props.pageProps = {};
  const propsJSON = stringify(props, page.route);
  if (visit.job.form === "data") return reply(job, visit, "page", propsJSON, data);
  const html = await compose(visit, props, propsJSON);
  if (html === undefined) return ended(job, visit);
  reply(job, visit, "page", html, data, page.getStaticProps ? propsJSON : undefined);
}

/** The request of a page that is made without one. */
function unasked(url: string): RequestInfo {
  return { method: "GET", url, headers: [], remoteAddress: "", httpVersion: "1.1" };
}

function begin(input: PageJob, job: Job): Visit {
  const boot = current();
  renew(input.route);
  const App = load("/_app").Component;
  const page = load(input.route);
  const written: Chunk[] = [];
  const req = new IncomingMessage(input.req ?? unasked(input.asPath), job);
  job.onAbort(() => {
    req.abort();
    visit.res.abandon();
  });
  const res = new ServerResponse(req, {
    whole: (_status, _message, _headers, body) => void written.push(body),
    head() {},
    write: (chunk) => void written.push(chunk),
    end() {},
    fail: (error) => job.fail(error),
  });
  if (input.statusCode !== undefined) res.statusCode = input.statusCode;
  const appGip = App.getInitialProps !== undefined && App.getInitialProps !== BuiltinApp.getInitialProps;
  const gip = page.Component.getInitialProps !== undefined;
  const isStatic = page.getStaticProps !== undefined;
  const err = input.err && Object.assign(new Error(input.err.message), input.err);
  const visit: Visit = {
    job: input,
    page,
    App,
    req,
    res,
    written,
    autoExport: !gip && !appGip && !isStatic && !page.getServerSideProps,
    appGip,
    err,
    around: undefined as unknown as Surroundings,
  };
  visit.around = {
    router: serverRouter({
      pathname: page.route,
      query: input.query,
      asPath: input.asPath,
      isFallback: input.mode === "fallback",
      isReady: page.getServerSideProps !== undefined || gip || (appGip && !isStatic),
      isPreview: input.preview === true,
      basePath: boot.basePath,
      locale: input.locale,
      locales: boot.i18n?.locales,
      defaultLocale: input.defaultLocale,
      domainLocales: boot.i18n?.domains,
      isLocaleDomain: input.onDomain === true,
    }),
    collected: new Collected(scriptNonce(req)),
    images: boot.images as unknown as ImageConfig,
  };
  return visit;
}

/** Nonce of the request's Content-Security-Policy, which a proxy in front may have set. */
function scriptNonce(req: IncomingMessage): string | undefined {
  const flat = req.rawHeaders;
  for (let i = 0; i < flat.length; i += 2) {
    if (!/^content-security-policy(?:-report-only)?$/i.test(flat[i]!)) continue;
    const directives = flat[i + 1]!.split(";").map((d) => d.trim());
    const scripts = directives.find((d) => d.startsWith("script-src")) ?? directives.find((d) => d.startsWith("default-src"));
    const nonce = scripts && /'nonce-([A-Za-z0-9+/_-]+=*)'/.exec(scripts);
    if (nonce) return nonce[1];
  }
  return undefined;
}

// Data.

/** The context of getInitialProps of page, app and document. */
function initialContext(visit: Visit): Record<string, unknown> {
  const { job, page, App, around, autoExport } = visit;
  return {
    err: visit.err,
    req: autoExport ? undefined : visit.req,
    res: autoExport ? undefined : visit.res,
    pathname: page.route,
    query: job.query,
    asPath: job.asPath,
    locale: job.locale,
    locales: current().i18n?.locales,
    defaultLocale: job.defaultLocale,
    AppTree: (props: Record<string, unknown>): ReactElement =>
      surround(around, appElement(App, page.Component, props, around.router)),
    defaultGetInitialProps: (document: DocumentContext) => defaultDocumentProps(document, around),
  };
}

async function initialProps(visit: Visit): Promise<Record<string, unknown>> {
  const { App, page, appGip, around } = visit;
  if (!appGip) {
    if (!page.Component.getInitialProps) return { pageProps: {} };
    return { pageProps: await loadInitialProps(page.Component, initialContext(visit) as object) };
  }
  const ctx = initialContext(visit);
  const props = await loadInitialProps(App, { AppTree: ctx.AppTree, Component: page.Component, router: around.router, ctx } as object);
  for (const name of ["router", "Component"]) {
    if (props?.[name] && current().dev) {
      throw new Error(`'router' and 'Component' can not be returned in getInitialProps from pages/_app; found '${name}'.`);
    }
  }
  return props ?? {};
}

/** Keys that both data functions get. */
function localeContext({ job }: Visit): Record<string, unknown> {
  return { locales: [...(current().i18n?.locales ?? [])], locale: job.locale, defaultLocale: job.defaultLocale };
}
function previewContext({ job }: Visit): Record<string, unknown> | undefined {
  return job.preview ? { draftMode: true, preview: true, previewData: job.previewData } : undefined;
}

function runStatic(visit: Visit): Promise<Data> {
  const { job, page } = visit;
  const reason = job.reason ?? "stale";
  const context = {
    ...(page.dynamic ? { params: job.params } : undefined),
    ...previewContext(visit),
    ...localeContext(visit),
    revalidateReason: reason,
  };
  return staticProps(page, context, reason, job.asPath, current().dev);
}

async function runServer(visit: Visit): Promise<Data> {
  const { job, page, req } = visit;
  const watched = current().dev ? watchResponse(visit.res) : undefined;
  const context = {
    req,
    res: watched?.res ?? visit.res,
    query: job.query,
    ...(job.edge ? undefined : { resolvedUrl: job.resolvedUrl ?? job.asPath }),
    ...(page.dynamic ? { params: job.params } : undefined),
    ...previewContext(visit),
    ...localeContext(visit),
  };
  try {
    return await serverProps(page, context, req.url, current().dev);
  } catch (error) {
    // Who has answered already is not answered with an error page.
    if (!visit.res.writableEnded) throw error;
    console.error(error);
    return { kind: "props", props: {}, revalidate: false };
  } finally {
    watched?.over();
  }
}

/** A response that warns of being used when its page is on its way. */
function watchResponse(res: ServerResponse): { res: ServerResponse; over(): void } {
  let warn = false;
  const proxy = new Proxy(res, {
    get(target, key) {
      if (warn && typeof key === "string" && key !== "headersSent" && key !== "finished") {
        warn = false;
        console.warn("You should not access 'res' after getServerSideProps resolves: what it does then reaches nobody. Await it before you return.");
      }
      const value = Reflect.get(target, key, target) as unknown;
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
  return { res: proxy, over: () => void (warn = true) };
}

function stringify(props: unknown, route: string): string {
  try {
    return JSON.stringify(props);
  } catch (error) {
    if (error instanceof TypeError && /circular|cyclic/i.test(error.message)) {
      throw new Error(
        `The props of page "${route}" hold a circular structure, which JSON cannot carry. Break the circle in its data function or getInitialProps.`,
      );
    }
    throw error;
  }
}

// Markup.

async function defaultDocumentProps(
  ctx: DocumentContext, { collected }: Surroundings,
): Promise<{ html: string; head?: ReactElement[]; styles?: ReactNode }> {
  const { html, head } = await ctx.renderPage({ enhanceApp: (App) => App });
  return { html, head, styles: collected.styles() };
}

/** Renders app and document; undefined when the document's getInitialProps ended the response. */
async function compose(visit: Visit, props: Record<string, unknown>, propsJSON: string): Promise<string | undefined> {
  const { page, App, around, res } = visit;
  const { collected } = around;
  const Document = documentOf().Component;

  const renderApp = async (EnhancedApp: ComponentType<any>, Component: ComponentType<any>): Promise<string> =>
    render(() => {
      collected.reset();
      return bodyElement(surround(around, appElement(EnhancedApp, Component, props, around.router)));
    }, page);

  let body: string;
  let head: ReactElement[] | undefined;
  let styles: ReactNode;
  let documentProps: Record<string, unknown> | undefined;
  if (!Document.getInitialProps || Document.getInitialProps === BuiltinDocument.getInitialProps) {
    body = await renderApp(App, page.Component);
    head = collected.head();
    styles = collected.styles();
    if (Document.getInitialProps) documentProps = { html: body, head, styles };
  } else {
    const renderPage = async (options: RenderPageOptions = {}): Promise<RenderPageResult> => {
      const { enhanceApp, enhanceComponent } =
        typeof options === "function" ? { enhanceApp: undefined, enhanceComponent: options } : options;
      const html = await renderApp(
        enhanceApp ? enhanceApp(App) : App,
        enhanceComponent ? enhanceComponent(page.Component) : page.Component,
      );
      return { html, head: collected.head() };
    };
    const resolved: Record<string, unknown> = await loadInitialProps(Document, { ...initialContext(visit), renderPage } as object);
    if (res.headersSent && !page.getStaticProps) return undefined;
    if (typeof resolved?.html !== "string") {
      throw new Error(
        `getInitialProps of pages/_document must resolve to an object whose "html" is a string of HTML; it is ${resolved ? typeof resolved.html : String(resolved)}. Spread the result of Document.getInitialProps(ctx) into yours.`,
      );
    }
    body = resolved.html;
    head = resolved.head as ReactElement[] | undefined;
    styles = resolved.styles as ReactNode;
    documentProps = resolved;
  }
  return document({
    page,
    Document,
    data: nextData(visit, props),
    propsJSON,
    asPath: visit.job.asPath,
    head: head ?? [],
    styles,
    body,
    dynamicIds: collected.dynamicIds,
    beforeInteractive: collected.beforeInteractive,
    nonce: collected.manager.nonce,
    props: documentProps,
  });
}

/** __NEXT_DATA__, keys in the order that Next.js writes them. */
function nextData(visit: Visit, props: Record<string, unknown>): NextData & { isExperimentalCompile?: boolean } {
  const { job, page, autoExport, appGip, around } = visit;
  const boot = current();
  const { dynamicIds } = around.collected;
  const isStatic = page.getStaticProps !== undefined;
  // A page is exported when it is made at build and has no data to be made anew from.
  const exported = !isStatic && (job.mode === "auto" || (autoExport && !job.req));
  return {
    props,
    page: page.route,
    query: job.query,
    buildId: boot.buildId,
    assetPrefix: boot.assetPrefix || boot.basePath || undefined,
    nextExport: exported || undefined,
    autoExport: autoExport || undefined,
    isFallback: job.mode === "fallback",
    // Next.js has this key in what it renders after the build, and there only.
    isExperimentalCompile: !boot.dev && !job.edge && (job.mode === "request" || job.reason === "stale" || job.reason === "on-demand") ? false : undefined,
    dynamicIds: dynamicIds.size ? [...dynamicIds] : undefined,
    err: visit.err && publicError(visit.err, boot.dev),
    gsp: isStatic || undefined,
    gssp: page.getServerSideProps ? true : undefined,
    gip: page.Component.getInitialProps ? true : undefined,
    appGip: appGip || undefined,
    locale: job.locale,
    locales: boot.i18n?.locales,
    defaultLocale: job.defaultLocale,
    domainLocales: boot.i18n?.domains,
    isPreview: job.preview || undefined,
    scriptLoader: [],
  };
}

/** What the browser may know of an error: everything in development, nothing in production. */
function publicError(err: Error, dev: boolean): NextData["err"] {
  return dev
    ? { name: err.name, source: "server", message: err.message, stack: err.stack }
    : { name: "Internal Server Error.", message: "500 - Internal Server Error.", statusCode: 500 };
}

// Answers.

function reply(job: Job, { res, page }: Visit, kind: PageReply["kind"], body: string, data: Data | undefined, json?: string): void {
  const meta: PageReply = { kind, status: res.statusCode, headers: res.flatHeaders() };
  if (page.getStaticProps && data) meta.revalidate = data.revalidate;
  if (json !== undefined) meta.data = json;
  if (data?.redirect) meta.redirect = data.redirect;
  job.reply(JSON.stringify(meta), body);
}

/** User code answered by itself: waits for the end of it. */
function ended(job: Job, { res, written }: Visit): void | Promise<void> {
  const send = (): void => {
    const meta: PageReply = { kind: "ended", status: res.statusCode, headers: res.flatHeaders() };
    job.reply(JSON.stringify(meta), joined(written));
  };
  if (res.writableEnded) return send();
  if (res.destroyed) return;
  return new Promise((resolve) => {
    (res as unknown as { once(event: "close", listener: () => void): void }).once("close", () => {
      if (res.writableEnded) send();
      resolve();
    });
  });
}
