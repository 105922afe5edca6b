import App from "next/app";
import Head from "next/head";

globalThis.ran += " app";

export default class MyApp extends App {
  static async getInitialProps(context) {
    const props = await App.getInitialProps(context);
    if (context.ctx.query.over) props[context.ctx.query.over] = "over";
    return { ...props, keys: Object.keys(context).sort().join(), ctxKeys: Object.keys(context.ctx).sort().join() };
  }
  render() {
    const { Component, pageProps, keys, enhanced, ctxKeys, router } = this.props;
    return (
      <>
        <Head>
          <title>app</title>
          <meta property="og:a" content="1" />
          <meta name="description" content="app" />
        </Head>
        <Component {...pageProps} />
        <p>{keys} {enhanced} {ctxKeys} {router.asPath} {router.route}</p>
      </>
    );
  }
}
