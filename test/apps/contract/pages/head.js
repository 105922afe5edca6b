import Head from "next/head";
import { Fragment } from "react";

const Unexpanded = () => <meta name="unexpanded" content="1" />;

export default function HeadPage() {
  return (
    <>
      <Head>
        <title>first title</title>
        <meta name="description" content="first" />
        <meta property="og:title" content="og first" />
        <meta property="og:image" content="image first" key="og-image" />
        <meta name="keyed" content="keyed first" key="k1" />
        <meta httpEquiv="x-test" content="first" />
        <meta itemProp="price" content="1" />
        <base href="/first" />
        <link rel="canonical" href="https://example.com/first" />
        <Unexpanded />
        text
        {5}
        {null}
        {false}
        <Fragment>
          <meta name="in-fragment" content="yes" />
          <meta name="theme-color" content="#fff" media="(prefers-color-scheme: light)" />
        </Fragment>
      </Head>
      <h1>head</h1>
      <Head>
        <title>{`second ${"title"}`}</title>
        <meta name="description" content="second" />
        <meta property="og:title" content="og second" />
        <meta property="og:image" content="image second" key="og-image" />
        <meta name="keyed" content="keyed second" key="k2" />
        <meta httpEquiv="x-test" content="second" />
        <meta itemProp="price" content="2" />
        <meta name="viewport" content="width=500" />
        <base href="/" />
        <link rel="canonical" href="https://example.com/second" key="canonical" />
        <style>{"b { color: green }"}</style>
        <script type="application/ld+json" dangerouslySetInnerHTML={{ __html: '{"@type":"Thing"}' }} />
      </Head>
    </>
  );
}
