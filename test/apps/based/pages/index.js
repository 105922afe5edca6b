import Head from "next/head";
import Image from "next/image";
import Link from "next/link";
import { useRouter } from "next/router";

export default function Home() {
  const { basePath, asPath, pathname } = useRouter();
  return (
    <main>
      <Head>
        <title>based</title>
      </Head>
      <h1 id="router">{JSON.stringify({ basePath, asPath, pathname })}</h1>
      <Link id="about" href="/about">about</Link>
      <Link id="query" href="/about?a=1#b">query</Link>
      <Link id="file" href="/file.txt">file</Link>
      <Link id="post" href={{ pathname: "/posts/[id]", query: { id: "a", x: 1 } }}>post</Link>
      <Image src="/docs/photo.png" alt="" width={10} height={10} />
    </main>
  );
}
