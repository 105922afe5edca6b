declare module "next/document" {
  import type { NextComponentType, NextPageContext } from "next";
  import type { AppType } from "next/app";
  import { Component } from "react";
  import type { DetailedHTMLProps, HTMLAttributes, HtmlHTMLAttributes, JSX, ReactElement, ReactNode } from "react";

  interface RenderPageResult {
    html: string;
    head?: Array<JSX.Element | null>;
  }

  type Enhancer<C> = (component: C) => C;

  /** What getInitialProps of pages/_document is called with. */
  export type DocumentContext = NextPageContext & {
    /** Renders the page; the option wraps the app or the page. */
    renderPage: (
      options?: { enhanceApp?: Enhancer<AppType>; enhanceComponent?: Enhancer<NextComponentType> } | Enhancer<NextComponentType>,
    ) => DocumentInitialProps | Promise<DocumentInitialProps>;
    defaultGetInitialProps(context: DocumentContext, options?: { nonce?: string }): Promise<DocumentInitialProps>;
  };

  export type DocumentInitialProps = RenderPageResult & {
    styles?: ReactElement[] | Iterable<ReactNode> | JSX.Element;
  };

  /** The props of the component in pages/_document. */
  export type DocumentProps = DocumentInitialProps & {
    __NEXT_DATA__: Window["__NEXT_DATA__"];
    dangerousAsPath: string;
    assetPrefix?: string;
    locale?: string;
    crossOrigin?: "anonymous" | "use-credentials" | "" | undefined;
    [name: string]: any;
  };

  export interface OriginProps {
    nonce?: string;
    crossOrigin?: "anonymous" | "use-credentials" | "" | undefined;
    children?: ReactNode;
  }

  /** The document's html element. */
  export function Html(props: DetailedHTMLProps<HtmlHTMLAttributes<HTMLHtmlElement>, HTMLHtmlElement>): JSX.Element;

  /** The document's head element, with styles and what pages put there. */
  export class Head extends Component<OriginProps & DetailedHTMLProps<HTMLAttributes<HTMLHeadElement>, HTMLHeadElement>> {
    render(): JSX.Element;
  }

  /** Where the page is. */
  export function Main(): JSX.Element;

  /** The scripts that start the page in the browser. */
  export class NextScript extends Component<OriginProps> {
    render(): JSX.Element;
  }

  /** The document as a class. */
  export default class Document<Props = {}> extends Component<DocumentProps & Props> {
    static getInitialProps(context: DocumentContext): Promise<DocumentInitialProps>;
    render(): JSX.Element;
  }
}
