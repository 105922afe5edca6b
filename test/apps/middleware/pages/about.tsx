import type { GetStaticProps } from "next";
import { useRouter } from "next/router";

export const getStaticProps: GetStaticProps = async () => ({ props: { what: "about" } });

export default function About({ what }: { what: string }) {
  const { asPath, pathname, query } = useRouter();
  return <h1 id="router">{JSON.stringify({ what, asPath, pathname, query })}</h1>;
}
