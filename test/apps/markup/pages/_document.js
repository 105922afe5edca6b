import Document, { Head, Html, Main, NextScript } from "next/document";
import Script from "next/script";

export default class Styled extends Document {
  static async getInitialProps(ctx) {
    const props = await ctx.defaultGetInitialProps(ctx, { nonce: "cGFnZQ==" });
    return { ...props, path: ctx.pathname };
  }

  render() {
    return (
      <Html dir="ltr" data-path={this.props.path}>
        <Head nonce="aGVhZA==">
          <link rel="preconnect" href="https://fonts.example.com" />
          <meta name="theme-color" content="#fff" />
          <Script id="early-inline" strategy="beforeInteractive">{"window.early = [1 < 2 && 3 > 2];"}</Script>
          <Script src="/early.js" strategy="beforeInteractive" />
        </Head>
        <body data-theme="light">
          <Main />
          <NextScript nonce="Ym9keQ==" />
          <Script src="/after.js" strategy="afterInteractive" />
          <Script src="/lazy.js" strategy="lazyOnload" />
        </body>
      </Html>
    );
  }
}
