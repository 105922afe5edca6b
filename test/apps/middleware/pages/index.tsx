import Link from "next/link";
import { useRouter } from "next/router";

export default function Home() {
  const { asPath, pathname, query, locale } = useRouter();
  return (
    <main>
      <h1 id="router">{JSON.stringify({ asPath, pathname, query, locale })}</h1>
      <Link id="ssr" href="/ssr?a=1">ssr</Link> <Link id="ssg" href="/ssg/a">ssg</Link>{" "}
      <Link id="rewritten" href="/dyn/x?mw=rewrite">rewritten</Link> <Link id="redirected" href="/ssr?mw=redirect">redirected</Link>{" "}
      <Link id="away" href="/ssr?mw=json">answered</Link>
    </main>
  );
}
