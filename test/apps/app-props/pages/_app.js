import App from "next/app";

export default class extends App {
  static async getInitialProps(context) {
    const own = await App.getInitialProps(context);
    const { Component, router, ctx, ...rest } = context;
    return {
      ...own,
      fromApp: {
        keys: Object.keys(context).sort(),
        rest: Object.keys(rest).sort(),
        ctx: Object.keys(ctx).sort(),
        pathname: ctx.pathname,
        asPath: ctx.asPath,
        query: ctx.query,
        hasReq: Boolean(ctx.req),
        component: typeof Component,
        route: router.route,
      },
    };
  }

  render() {
    const { Component, pageProps, fromApp } = this.props;
    return (
      <div data-app={JSON.stringify(fromApp)}>
        <Component {...pageProps} />
      </div>
    );
  }
}
