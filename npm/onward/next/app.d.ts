declare module "next/app" {
  import type { NextComponentType, NextPageContext } from "next";
  import type { NextRouter } from "next/router";
  import { Component } from "react";
  import type { ComponentType, JSX } from "react";

  export interface AppInitialProps<PageProps = any> {
    pageProps: PageProps;
  }

  /** What the component in pages/_app gets. */
  export type AppProps<PageProps = any> = AppInitialProps<PageProps> & {
    /** The page. */
    Component: NextComponentType<NextPageContext, any, any>;
    router: NextRouter;
    __N_SSG?: boolean;
    __N_SSP?: boolean;
  };

  /** What getInitialProps of pages/_app is called with. */
  export interface AppContext {
    Component: NextComponentType<NextPageContext>;
    AppTree: ComponentType<AppInitialProps & { [name: string]: any }>;
    /** What the page's getInitialProps is called with. */
    ctx: NextPageContext;
    router: NextRouter;
  }

  /** The type of the component in pages/_app. */
  export type AppType<InitialProps = {}> = NextComponentType<
    AppContext,
    InitialProps,
    AppInitialProps & { Component: NextComponentType<NextPageContext, any, any>; router: any }
  >;

  /** What reportWebVitals of pages/_app is called with. */
  export type NextWebVitalsMetric = {
    id: string;
    startTime: number;
    value: number;
    attribution?: { [name: string]: unknown };
  } & (
    | { label: "web-vital"; name: "CLS" | "FCP" | "INP" | "LCP" | "TTFB" }
    | { label: "custom"; name: "Next.js-hydration" | "Next.js-route-change-to-render" | "Next.js-render" }
  );

  /** The app as a class, and what an app without pages/_app has. */
  export default class App<Props = any, PageProps = {}, State = {}> extends Component<
    Props & AppProps<PageProps>,
    State
  > {
    static origGetInitialProps(context: AppContext): Promise<AppInitialProps>;
    static getInitialProps(context: AppContext): Promise<AppInitialProps>;
    render(): JSX.Element;
  }
}
