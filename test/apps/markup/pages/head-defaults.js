import Head from "next/head";

export default function Defaults() {
  return (
    <Head>
      <meta name="description" content="only this" />
      <title />
    </Head>
  );
}
