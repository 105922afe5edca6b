// Paths inside Next.js whose types many apps import, though they are private to it.

declare module "next/dist/client/router" {
  export * from "next/router";
  export { default } from "next/router";
}

declare module "next/dist/client/with-router" {
  export type { ExcludeRouterProps, WithRouterProps } from "next/router";
}

declare module "next/dist/client/link" {
  export * from "next/link";
  export { default } from "next/link";
}

declare module "next/dist/client/image-component" {
  export * from "next/image";
  export { default } from "next/image";
}

declare module "next/dist/client/script" {
  export * from "next/script";
  export { default } from "next/script";
}

declare module "next/dist/shared/lib/router/router" {
  import type { NextRouter, Router } from "next/router";
  export type { NextRouter };
  export type BaseRouter = Pick<
    NextRouter,
    "route" | "pathname" | "query" | "asPath" | "basePath" | "locale" | "locales" | "defaultLocale" | "domainLocales" | "isLocaleDomain"
  >;
  export default Router;
}

declare module "next/dist/shared/lib/utils" {
  import type { AppContext, AppInitialProps, AppProps, AppType } from "next/app";
  export type { NextApiHandler, NextApiRequest, NextApiResponse, NextComponentType, NextPageContext } from "next";
  export type { AppInitialProps, AppType, NextWebVitalsMetric } from "next/app";
  export type { DocumentContext, DocumentInitialProps, DocumentProps } from "next/document";
  export type AppContextType = AppContext;
  export type AppPropsType<Router = any, PageProps = {}> = AppProps<PageProps>;
}

declare module "next/dist/shared/lib/dynamic" {
  export * from "next/dynamic";
  export { default } from "next/dynamic";
}

declare module "next/dist/shared/lib/image-external" {
  export * from "next/image";
  export { default } from "next/image";
}

declare module "next/dist/shared/lib/get-img-props" {
  export type { ImageLoader, ImageProps, StaticImageData } from "next/image";
  export type StaticRequire = { default: import("next/image").StaticImageData };
  export type StaticImport = StaticRequire | import("next/image").StaticImageData;
}

declare module "next/dist/shared/lib/image-config" {
  export type { ImageLoaderProps } from "next/image";
}

declare module "next/dist/pages/_app" {
  export * from "next/app";
  export { default } from "next/app";
}

declare module "next/dist/pages/_document" {
  export * from "next/document";
  export { default } from "next/document";
}

declare module "next/dist/pages/_error" {
  export * from "next/error";
  export { default } from "next/error";
}

declare module "next/dist/server/config-shared" {
  export type { NextConfig } from "next";
}

declare module "next/dist/server/api-utils" {
  export type NextApiRequestCookies = Partial<{ [name: string]: string }>;
}

declare module "next/dist/server/web/next-url" {
  export type { NextURL } from "next/server";
}

declare module "next/dist/server/web/spec-extension/request" {
  export type { NextRequest } from "next/server";
}

declare module "next/dist/server/web/spec-extension/response" {
  export type { NextResponse } from "next/server";
}

declare module "next/dist/server/web/spec-extension/cookies" {
  export type { RequestCookie, RequestCookies, ResponseCookie, ResponseCookies } from "next/server";
}

declare module "next/dist/compiled/@edge-runtime/cookies" {
  export type { RequestCookie, RequestCookies, ResponseCookie, ResponseCookies } from "next/server";
}
