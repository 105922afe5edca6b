import Document, { Head, Html, Main, NextScript } from "next/document";
import Script from "next/script";

globalThis.ran = "document";

export default class MyDocument extends Document {
  static async getInitialProps(ctx) {
    const original = ctx.renderPage;
    ctx.renderPage = () =>
      original({
        enhanceApp: (App) =>
          function Enhanced(props) {
            return <App {...props} enhanced="yes" />;
          },
        enhanceComponent: (Component) => Component,
      });
    const props = await Document.getInitialProps(ctx);
    return { ...props, keys: Object.keys(ctx).sort().join(), styles: <>{props.styles}<style data-x="1">{"a{b:c}"}</style></> };
  }
  render() {
    const { keys, __NEXT_DATA__ } = this.props;
    return (
      <Html lang="nl" className="k">
        <Head>
          <meta name="theme" content="t" />
          <link rel="icon" href="/i.ico" />
          <Script id="first" strategy="beforeInteractive" dangerouslySetInnerHTML={{ __html: "var x=1<2" }} />
        </Head>
        <body className="b">
          text {keys} {__NEXT_DATA__.page} {NextScript.getInlineScriptSource(this.props).slice(0, 9)}
          <Main />
          <NextScript />
          <Script src="/later.js" strategy="lazyOnload" />
        </body>
      </Html>
    );
  }
}
