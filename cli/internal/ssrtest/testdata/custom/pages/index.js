import Head from "next/head";

const ran = globalThis.ran;

export default function Page() {
  return (
    <div>
      <Head>
        <title>page</title>
        <meta name="description" content="page" />
        <meta property="og:a" content="2" />
        <link rel="stylesheet" href="/x.css" />
        <script src="/h.js" />
        <base href="/" />
        <link rel="canonical" href="/c" key="canonical" />
      </Head>
      home, after {ran}
    </div>
  );
}
