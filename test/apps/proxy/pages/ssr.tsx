import type { GetServerSideProps } from "next";
import { useRouter } from "next/router";

export const getServerSideProps: GetServerSideProps = async ({ req, query, resolvedUrl, locale }) => ({
  props: { request: { url: req.url ?? "", query, resolvedUrl, locale: locale ?? null } },
});

export default function Ssr({ request }: { request: unknown }) {
  const { asPath, pathname, query, locale } = useRouter();
  return (
    <main>
      <h1 id="router">{JSON.stringify({ asPath, pathname, query, locale })}</h1>
      <pre id="request">{JSON.stringify(request)}</pre>
    </main>
  );
}
