import Document, { Head, Html, Main, NextScript } from "next/document";
import Script from "next/script";

const closing = 'window.early = "</script><script>window.hacked = 1</script><!--<script>";';

export default class WithNonce extends Document {
  static async getInitialProps(ctx) {
    const props = await Document.getInitialProps(ctx);
    return { ...props, nonce: ctx.req?.headers["x-nonce"] };
  }

  render() {
    const { nonce } = this.props;
    return (
      <Html lang="en">
        <Head nonce={nonce} />
        <body>
          <Main />
          <NextScript nonce={nonce} />
          <Script id="early" strategy="beforeInteractive">
            {closing}
          </Script>
        </body>
      </Html>
    );
  }
}
