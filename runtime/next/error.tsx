/** `next/error`: the page for errors that have no page of their own. */
import { Component } from "react";
import type { CSSProperties, ReactElement } from "react";
import Head from "./head";

export { catchError } from "./catch-error";
export type { ErrorInfo } from "./catch-error";

const texts: Record<number, string> = {
  400: "Bad Request",
  404: "This page could not be found",
  405: "Method Not Allowed",
  500: "Internal Server Error",
};

export interface ErrorProps {
  statusCode?: number;
  /** Shown when there is no status code. */
  hostname?: string;
  /** Instead of the text of the status code. */
  title?: string;
  /** Dark colours when the system prefers them; default true. */
  withDarkMode?: boolean;
}

interface ErrorContext {
  req?: { headers?: Record<string, string | string[] | undefined> };
  res?: { statusCode?: number } | null;
  err?: { statusCode?: number } | null;
}

function errorProps({ req, res, err }: ErrorContext): ErrorProps {
  const statusCode = res?.statusCode ? res.statusCode : err ? err.statusCode : 404;
  let hostname: string | undefined;
  if (typeof window !== "undefined") hostname = window.location.hostname;
  else if (req) {
    const host = req.headers?.host;
    // Brackets of an IPv6 address hold colons of their own.
    hostname = typeof host === "string" ? host.replace(/:\d+$/, "") : undefined;
  }
  return { statusCode, hostname };
}

const font = 'system-ui,"Segoe UI",Roboto,Helvetica,Arial,sans-serif,"Apple Color Emoji","Segoe UI Emoji"';
const page: CSSProperties = {
  fontFamily: font,
  height: "100vh",
  textAlign: "center",
  display: "flex",
  flexDirection: "column",
  alignItems: "center",
  justifyContent: "center",
};
const status: CSSProperties = {
  display: "inline-block",
  margin: "0 20px 0 0",
  paddingRight: 23,
  fontSize: 24,
  fontWeight: 500,
  verticalAlign: "top",
};
const inline: CSSProperties = { display: "inline-block" };
const text: CSSProperties = { fontSize: 14, fontWeight: 400, lineHeight: "28px" };

function colours(dark: boolean): string {
  const line = (rgb: string) => `.next-error-h1{border-right:1px solid rgba(${rgb},.3)}`;
  return (
    `body{color:#000;background:#fff;margin:0}${line("0,0,0")}` +
    (dark ? `@media (prefers-color-scheme:dark){body{color:#fff;background:#000}${line("255,255,255")}}` : "")
  );
}

/** Shows a status code and its text. */
export default class ErrorPage<P = {}> extends Component<P & ErrorProps> {
  static displayName = "ErrorPage";
  static getInitialProps = errorProps;
  static origGetInitialProps = errorProps;

  override render(): ReactElement {
    const { statusCode, withDarkMode = true, hostname } = this.props;
    const title = this.props.title || (statusCode && texts[statusCode]) || "An unexpected error has occurred";
    return (
      <div style={page}>
        <Head>
          <title>
            {statusCode
              ? `${statusCode}: ${title}`
              : "Application error: a client-side exception has occurred"}
          </title>
        </Head>
        <div style={{ lineHeight: "48px" }}>
          <style dangerouslySetInnerHTML={{ __html: colours(withDarkMode) }} />
          {statusCode ? (
            <h1 className="next-error-h1" style={status}>
              {statusCode}
            </h1>
          ) : null}
          <div style={inline}>
            <h2 style={text}>
              {this.props.title || statusCode ? (
                title
              ) : (
                <>
                  Application error: a client-side exception has occurred
                  {hostname ? <> while loading {hostname}</> : null} (see the browser console for more
                  information)
                </>
              )}
              .
            </h2>
          </div>
        </div>
      </div>
    );
  }
}
