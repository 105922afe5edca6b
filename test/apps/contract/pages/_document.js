import Document, { Head, Html, Main, NextScript } from "next/document";

export default class extends Document {
  static async getInitialProps(ctx) {
    const { renderPage } = ctx;
    const enhanced = [];
    ctx.renderPage = () =>
      renderPage({
        enhanceApp: (App) =>
          function EnhancedApp(props) {
            enhanced.push("app");
            return <App {...props} />;
          },
        enhanceComponent: (Component) =>
          function EnhancedComponent(props) {
            enhanced.push("component");
            return <Component {...props} />;
          },
      });
    const initial = await Document.getInitialProps(ctx);
    return { ...initial, keys: Object.keys(ctx).sort().join(" "), enhanced: enhanced.join(" ") };
  }

  render() {
    return (
      <Html lang="en-GB" className="root">
        <Head>
          <meta name="from-document" content={this.props.keys} />
          <meta name="enhanced" content={this.props.enhanced} />
          <link rel="icon" href="/icon.svg" />
        </Head>
        <body className="page">
          <Main />
          <div id="portal" />
          <NextScript />
        </body>
      </Html>
    );
  }
}
