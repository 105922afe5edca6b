import type { GetStaticPaths, GetStaticProps } from "next";
import { useRouter } from "next/router";

export const getStaticPaths: GetStaticPaths = async ({ locales = [""] }) => ({
  paths: locales.map((locale) => ({ params: { id: "a" }, ...(locale ? { locale } : undefined) })),
  fallback: false,
});
export const getStaticProps: GetStaticProps = async ({ params }) => ({ props: { id: params?.id } });

export default function Ssg({ id }: { id: string }) {
  const { asPath, pathname, query } = useRouter();
  return <h1 id="router">{JSON.stringify({ id, asPath, pathname, query })}</h1>;
}
