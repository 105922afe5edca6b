import Head from "next/head";

const Nested = () => <meta name="nested" content="never" />;

export default function Heads() {
  return (
    <main>
      <Head>
        <title>{["several ", "parts ", 3].join("")}</title>
        <>
          <meta name="in-fragment" content="yes" />
          <meta name="also" content="&<>&quot;'" />
        </>
        text
        {7}
        {null}
        {false}
        <Nested />
        <meta charSet="latin1" />
        <meta name="viewport" content="width=500" />
        <meta httpEquiv="refresh" content="900" />
        <meta itemProp="name" content="a" />
        <meta itemProp="name" content="b" />
        <meta property="og:image" content="one" />
        <meta property="og:image" content="two" />
        <meta property="og:title" content="first" key="og" />
        <meta property="og:title" content="second" key="og" />
        <link rel="canonical" href="/first" key="canonical" />
        <link rel="canonical" href="/second" key="canonical" />
        <link rel="alternate" hrefLang="fr" href="/fr" />
        <base href="/first/" />
        <base href="/second/" />
        <style>{"body > p { color: red }"}</style>
        <style dangerouslySetInnerHTML={{ __html: "a > b { color: blue }" }} />
        <script dangerouslySetInnerHTML={{ __html: "window.inHead = 1 < 2" }} />
        <script src="/head.js" async />
        <script type="application/ld+json">{'{"@type":"Thing"}'}</script>
        <noscript>
          <link rel="stylesheet" href="/noscript.css" />
        </noscript>
      </Head>
      <Head>
        <title>the last title</title>
        <meta name="also" content="the last one" />
      </Head>
    </main>
  );
}
