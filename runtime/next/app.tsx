/** `next/app`: the component around every page. */
import { Component } from "react";
import type { ComponentType, ReactElement } from "react";
import { loadInitialProps } from "./initial-props";
import type { NextRouter } from "./context";

export interface AppProps<P = any> {
  Component: ComponentType<P> & { getInitialProps?(ctx: any): any };
  pageProps: P;
  router: NextRouter;
  __N_SSG?: boolean;
  __N_SSP?: boolean;
}
/** Argument of App.getInitialProps. */
export interface AppContext {
  Component: AppProps["Component"];
  AppTree: ComponentType<any>;
  ctx: Record<string, any>;
  router: NextRouter;
}

async function pageInitialProps({ Component, ctx }: Pick<AppContext, "Component" | "ctx">) {
  return { pageProps: await loadInitialProps(Component, ctx) };
}

/**
 * The app of projects without pages/_app, and the base class of those that are
 * classes. An app whose getInitialProps is not `origGetInitialProps` has one of its own.
 */
export default class App<P = {}, S = {}> extends Component<P & AppProps, S> {
  static origGetInitialProps = pageInitialProps;
  static getInitialProps = pageInitialProps;

  override render(): ReactElement {
    const { Component, pageProps } = this.props;
    return <Component {...pageProps} />;
  }
}
