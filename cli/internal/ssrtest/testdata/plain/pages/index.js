import Head from "next/head";
import Link from "next/link";

export default function Home() {
  return (
    <main>
      <Head>
        <title>Home & co</title>
        <meta name="description" content="d" />
      </Head>
      <h1>Hello {"x"} y</h1>
      <Link href="/about">About</Link>
      <img src="/a.png" />
    </main>
  );
}
