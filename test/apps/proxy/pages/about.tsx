import type { GetStaticProps } from "next";
import { useRouter } from "next/router";

export const getStaticProps: GetStaticProps = async ({ locale }) => ({ props: { made: locale ?? null } });

export default function About({ made }: { made: string | null }) {
  const { asPath, pathname, query, locale } = useRouter();
  return <h1 id="router">{JSON.stringify({ made, asPath, pathname, query, locale })}</h1>;
}
