import Document, { Head, Html, Main, NextScript } from "next/document";

export default class extends Document {
  static async getInitialProps(ctx) {
    const { renderPage } = ctx;
    ctx.renderPage = () =>
      renderPage({
        enhanceApp: (App) =>
          function Enhanced(props) {
            return (
              <section data-enhanced="app">
                <App {...props} />
              </section>
            );
          },
        enhanceComponent: (Component) => Component,
      });
    const initial = await Document.getInitialProps(ctx);
    return { ...initial, keys: Object.keys(ctx).sort().join(" ") };
  }

  render() {
    return (
      <Html lang="en-GB" className="root">
        <Head>
          <meta name="from-document" content={this.props.keys} />
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
