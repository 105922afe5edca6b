import type { AppProps } from "next/app";
import Head from "next/head";
import { Layout } from "@/components/Layout";
import "@/styles/global.css";

export default function App({ Component, pageProps }: AppProps) {
  return (
    <>
      <Head>
        <title>{process.env.NEXT_PUBLIC_SITE_NAME}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="description" content={process.env.NEXT_PUBLIC_TAGLINE} />
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
      </Head>
      <Layout>
        <Component {...pageProps} />
      </Layout>
    </>
  );
}
