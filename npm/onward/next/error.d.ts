declare module "next/error" {
  import type { NextPageContext } from "next";
  import { Component } from "react";
  import type { ComponentType, JSX, ReactNode } from "react";

  export interface ErrorProps {
    statusCode: number;
    hostname?: string;
    /** What to say; default: the usual text of the status. */
    title?: string;
    /** Follow the visitor's dark mode; default true. */
    withDarkMode?: boolean;
  }

  /** The error page: for pages of your own that want to look like it. */
  export default class ErrorPage<Props = {}> extends Component<Props & ErrorProps> {
    static displayName: string;
    static getInitialProps(context: NextPageContext): Promise<ErrorProps> | ErrorProps;
    static origGetInitialProps(context: NextPageContext): Promise<ErrorProps> | ErrorProps;
    render(): JSX.Element;
  }

  /** What the fallback of catchError knows. */
  export interface ErrorInfo {
    error: unknown;
    /** Shows the children once more. */
    reset: () => void;
    /** Asks for the data once more and shows the children. */
    retry: () => void;
  }

  /** Makes an error boundary out of what it shows after an error. */
  export function catchError<Props extends Record<string, any>>(
    fallback: (props: Props, info: ErrorInfo) => ReactNode,
  ): ComponentType<Props & { children?: ReactNode }>;
}
