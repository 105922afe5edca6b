import Script from "next/script";

export default function Scripts() {
  return (
    <main>
      <Script src="/a.js" data-x="1" />
      <Script id="html" dangerouslySetInnerHTML={{ __html: "window.a = 1 < 2" }} />
      <Script id="text" strategy="lazyOnload">{"window.b = 1"}</Script>
      <Script src="/before.js" strategy="beforeInteractive" />
      <Script src="/sheet.js" stylesheets={["/sheet.css"]} />
      <Script src="/nonce.js" nonce="abc" crossOrigin="anonymous" integrity="sha256-x" />
    </main>
  );
}
