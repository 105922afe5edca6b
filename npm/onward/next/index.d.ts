/// <reference types="node" />
/// <reference types="react" />
/// <reference path="./global.d.ts" />
/// <reference path="./styled-jsx.d.ts" />
/// <reference path="./config.d.ts" />
/// <reference path="./app.d.ts" />
/// <reference path="./cache.d.ts" />
/// <reference path="./compat/router.d.ts" />
/// <reference path="./dist.d.ts" />
/// <reference path="./constants.d.ts" />
/// <reference path="./document.d.ts" />
/// <reference path="./dynamic.d.ts" />
/// <reference path="./error.d.ts" />
/// <reference path="./font/google.d.ts" />
/// <reference path="./font/local.d.ts" />
/// <reference path="./form.d.ts" />
/// <reference path="./head.d.ts" />
/// <reference path="./headers.d.ts" />
/// <reference path="./image.d.ts" />
/// <reference path="./legacy/image.d.ts" />
/// <reference path="./link.d.ts" />
/// <reference path="./navigation.d.ts" />
/// <reference path="./router.d.ts" />
/// <reference path="./script.d.ts" />
/// <reference path="./server.d.ts" />
/// <reference path="./web-vitals.d.ts" />

declare module "next" {
  import type { IncomingMessage, ServerResponse } from "http";
  import type { ParsedUrlQuery } from "querystring";
  import type { ComponentType } from "react";

  /** A path of the app. */
  export type Route<Path = any> = string & {};

  type Awaitable<T> = T | Promise<T>;

  /** What an ordinary page is: a component, with getInitialProps if it has data of the old kind. */
  export type NextPage<Props = {}, InitialProps = Props> = NextComponentType<NextPageContext, InitialProps, Props>;

  export type NextComponentType<Context extends BaseContext = NextPageContext, InitialProps = {}, Props = {}> =
    ComponentType<Props> & {
      getInitialProps?(context: Context): Awaitable<InitialProps>;
    };

  interface BaseContext {
    res?: ServerResponse;
    [name: string]: any;
  }

  /** What getInitialProps is called with. */
  export interface NextPageContext {
    /** The error that led to the error page. */
    err?: (Error & { statusCode?: number }) | null;
    /** The request; not in the browser, nor while a page is generated. */
    req?: IncomingMessage;
    /** The answer; not in the browser, nor while a page is generated. */
    res?: ServerResponse;
    /** The route of the page: `/blog/[slug]`. */
    pathname: string;
    /** The query, with the parameters of the route. */
    query: ParsedUrlQuery;
    /** The path as the visitor sees it. */
    asPath?: string;
    locale?: string;
    locales?: readonly string[];
    defaultLocale?: string;
    /** Renders the whole app, as styling libraries want it. */
    AppTree: ComponentType<{ pageProps: any; [name: string]: any }>;
  }

  /** Where a data function sends the visitor. */
  export type Redirect =
    | {
        /** The status to answer with. */
        statusCode: 301 | 302 | 303 | 307 | 308;
        destination: string;
        basePath?: false;
      }
    | {
        /** 308 when true, else 307. */
        permanent: boolean;
        destination: string;
        basePath?: false;
      };

  /** What preview mode has stored. */
  export type PreviewData = string | false | object | undefined;

  /** What getStaticProps is called with. */
  export interface GetStaticPropsContext<
    Params extends ParsedUrlQuery = ParsedUrlQuery,
    Preview extends PreviewData = PreviewData,
  > {
    /** The parameters of a dynamic route. */
    params?: Params;
    preview?: boolean;
    previewData?: Preview;
    /** Draft mode is on: the page is made for this request alone. */
    draftMode?: boolean;
    locale?: string;
    locales?: string[];
    defaultLocale?: string;
    /** Why the page is made now. */
    revalidateReason?: "on-demand" | "build" | "stale";
  }

  /** What getStaticProps may return. `revalidate` is in seconds. */
  export type GetStaticPropsResult<Props> =
    | { props: Props; revalidate?: number | boolean }
    | { redirect: Redirect; revalidate?: number | boolean }
    | { notFound: true; revalidate?: number | boolean };

  /** The type of a page's getStaticProps, which runs at build and when the page is made anew. */
  export type GetStaticProps<
    Props extends { [key: string]: any } = { [key: string]: any },
    Params extends ParsedUrlQuery = ParsedUrlQuery,
    Preview extends PreviewData = PreviewData,
  > = (context: GetStaticPropsContext<Params, Preview>) => Awaitable<GetStaticPropsResult<Props>>;

  /** The props that a getStaticProps gives. */
  export type InferGetStaticPropsType<F extends (context: any) => any> = Extract<
    Awaited<ReturnType<F>>,
    { props: any }
  >["props"];

  /** What getStaticPaths is called with. */
  export interface GetStaticPathsContext {
    locales?: string[];
    defaultLocale?: string;
  }

  /** What getStaticPaths returns. */
  export interface GetStaticPathsResult<Params extends ParsedUrlQuery = ParsedUrlQuery> {
    /** The pages to generate at build. */
    paths: Array<string | { params: Params; locale?: string }>;
    /** What becomes of the others: not found, a loading state, or made before the answer. */
    fallback: boolean | "blocking";
  }

  /** The type of a page's getStaticPaths. */
  export type GetStaticPaths<Params extends ParsedUrlQuery = ParsedUrlQuery> = (
    context: GetStaticPathsContext,
  ) => Awaitable<GetStaticPathsResult<Params>>;

  /** What getServerSideProps is called with. */
  export interface GetServerSidePropsContext<
    Params extends ParsedUrlQuery = ParsedUrlQuery,
    Preview extends PreviewData = PreviewData,
  > {
    req: IncomingMessage & { cookies: Partial<{ [name: string]: string }> };
    res: ServerResponse;
    params?: Params;
    query: ParsedUrlQuery;
    preview?: boolean;
    previewData?: Preview;
    draftMode?: boolean;
    /** The path and query without the prefix of data requests. */
    resolvedUrl: string;
    locale?: string;
    locales?: string[];
    defaultLocale?: string;
  }

  /** What getServerSideProps may return. */
  export type GetServerSidePropsResult<Props> =
    | { props: Props | Promise<Props> }
    | { redirect: Redirect }
    | { notFound: true };

  /** The type of a page's getServerSideProps, which runs on every request. */
  export type GetServerSideProps<
    Props extends { [key: string]: any } = { [key: string]: any },
    Params extends ParsedUrlQuery = ParsedUrlQuery,
    Preview extends PreviewData = PreviewData,
  > = (context: GetServerSidePropsContext<Params, Preview>) => Promise<GetServerSidePropsResult<Props>>;

  /** The props that a getServerSideProps gives. */
  export type InferGetServerSidePropsType<F extends (context: any) => any> = Awaited<
    Extract<Awaited<ReturnType<F>>, { props: any }>["props"]
  >;

  type Unit = `${"k" | "K" | "m" | "M" | "g" | "G" | "t" | "T" | "p" | "P"}${"b" | "B"}`;

  /** Bytes, or text such as `"500kb"`. */
  export type SizeLimit = number | `${number}${Unit}`;
  export type ResponseLimit = SizeLimit | boolean;
  export type ServerRuntime = "nodejs" | "experimental-edge" | "edge" | undefined;

  /** The type of a page's or API route's `config`. */
  export interface PageConfig {
    api?: {
      /** Warn above this size of an answer; false never does. */
      responseLimit?: ResponseLimit;
      /** How large a body may be, or false to read it yourself. */
      bodyParser?: { sizeLimit?: SizeLimit } | false;
      /** Something else answers the request: do not warn that the handler did not. */
      externalResolver?: true;
    };
    env?: string[];
    maxDuration?: number;
    runtime?: ServerRuntime;
    unstable_runtimeJS?: false;
    unstable_JsPreload?: false;
  }

  /** The request of an API route. */
  export interface NextApiRequest extends IncomingMessage {
    /** The query, with the parameters of the route. */
    query: Partial<{ [name: string]: string | string[] }>;
    cookies: Partial<{ [name: string]: string }>;
    /** The body, read as its Content-Type says. */
    body: any;
    env: { [name: string]: string | undefined };
    draftMode?: boolean;
    preview?: boolean;
    previewData?: PreviewData;
  }

  /** The answer of an API route. */
  export type NextApiResponse<Data = any> = ServerResponse & {
    /** Sends a text, bytes or an object. */
    send: (body: Data) => void;
    /** Sends JSON. */
    json: (body: Data) => void;
    status: (statusCode: number) => NextApiResponse<Data>;
    redirect(url: string): NextApiResponse<Data>;
    redirect(status: number, url: string): NextApiResponse<Data>;
    setDraftMode: (options: { enable: boolean }) => NextApiResponse<Data>;
    setPreviewData: (
      data: object | string,
      options?: {
        /** Seconds until the mode ends; without it, with the browser's session. */
        maxAge?: number;
        /** The path that the cookie is for; default `/`. */
        path?: string;
      },
    ) => NextApiResponse<Data>;
    clearPreviewData: (options?: { path?: string }) => NextApiResponse<Data>;
    /** Makes a page with getStaticProps anew. */
    revalidate: (path: string, options?: { unstable_onlyGenerated?: boolean }) => Promise<void>;
  };

  /** The type of an API route. */
  export type NextApiHandler<Data = any> = (
    request: NextApiRequest,
    response: NextApiResponse<Data>,
  ) => unknown | Promise<unknown>;

  /** Types for instrumentation.ts. */
  export namespace Instrumentation {
    type onRequestError = (
      error: unknown,
      request: Readonly<{ path: string; method: string; headers: { [name: string]: string | string[] | undefined } }>,
      context: Readonly<{
        routerKind: "Pages Router" | "App Router";
        routePath: string;
        routeType: "render" | "route" | "action" | "proxy";
        renderSource?: "react-server-components" | "react-server-components-payload" | "server-rendering";
        revalidateReason: "on-demand" | "stale" | undefined;
      }>,
    ) => void | Promise<void>;
  }
}

declare module "next/types" {
  export * from "next";
}
