import { useRouter } from "next/router";

export default function Home() {
  const { asPath, pathname, query, locale } = useRouter();
  return <h1 id="router">{JSON.stringify({ asPath, pathname, query, locale })}</h1>;
}
