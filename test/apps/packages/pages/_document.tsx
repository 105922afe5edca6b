import Document, { Head, Html, Main, NextScript, type DocumentContext } from "next/document";
import createEmotionServer from "@emotion/server/create-instance";
import { ServerStyleSheet } from "styled-components";
import { emotionCache } from "@/lib/cache";

export default class MyDocument extends Document {
  static async getInitialProps(ctx: DocumentContext) {
    const sheet = new ServerStyleSheet();
    const cache = emotionCache();
    const { extractCriticalToChunks } = createEmotionServer(cache);
    const renderPage = ctx.renderPage;
    try {
      ctx.renderPage = () =>
        renderPage({ enhanceApp: (App: any) => (props) => sheet.collectStyles(<App emotionCache={cache} {...props} />) });
      const initial = await Document.getInitialProps(ctx);
      const emotion = extractCriticalToChunks(initial.html).styles.map((style) => (
        <style key={style.key} data-emotion={`${style.key} ${style.ids.join(" ")}`} dangerouslySetInnerHTML={{ __html: style.css }} />
      ));
      return { ...initial, styles: [initial.styles, sheet.getStyleElement(), ...emotion] };
    } finally {
      sheet.seal();
    }
  }

  render() {
    return (
      <Html suppressHydrationWarning>
        <Head />
        <body>
          <Main />
          <NextScript />
        </body>
      </Html>
    );
  }
}
