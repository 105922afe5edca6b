import Head from "next/head";
import Link from "next/link";

export default function HeadTwo() {
  return (
    <>
      <Head>
        <title>Title two</title>
        <meta name="description" content="two" />
        <meta name="only-two" content="two" />
      </Head>
      <h1>two</h1>
      <Link id="other" href="/head-one">one</Link>
    </>
  );
}
