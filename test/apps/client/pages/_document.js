import { Head, Html, Main, NextScript } from "next/document";
import Script from "next/script";

export default function Document() {
  return (
    <Html>
      <Head />
      <body>
        <Main />
        <NextScript />
        <Script src="/s-before-doc.js" strategy="beforeInteractive" />
        <Script src="/s-doc-after.js" />
        <Script src="/s-doc-lazy.js" strategy="lazyOnload" />
      </body>
    </Html>
  );
}
