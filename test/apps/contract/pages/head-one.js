import Head from "next/head";
import Link from "next/link";

export default function HeadOne() {
  return (
    <>
      <Head>
        <title>Title one</title>
        <meta name="description" content="one" />
        <meta name="only-one" content="one" />
      </Head>
      <h1>one</h1>
      <Link id="other" href="/head-two">two</Link>
    </>
  );
}
