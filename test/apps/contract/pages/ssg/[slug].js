import Link from "next/link";
import { useRouter } from "next/router";

export function getStaticPaths() {
  return {
    paths: ["/ssg/a", { params: { slug: "b" } }, { params: { slug: "c d" } }, { params: { slug: "é" } }, "/ssg/a", "/ssg/far"],
    fallback: false,
  };
}

export function getStaticProps({ params, ...rest }) {
  return { props: { params, keys: Object.keys(rest).sort() } };
}

export default function Slug({ params, keys }) {
  const { query, asPath, isReady, isFallback } = useRouter();
  return (
    <main>
      <h1 id="slug">{params.slug}</h1>
      <pre suppressHydrationWarning>{JSON.stringify({ keys, query, asPath, isReady, isFallback })}</pre>
      <Link id="home" href="/">home</Link>
      <Link id="to-b" href="/ssg/b">b</Link>
    </main>
  );
}
