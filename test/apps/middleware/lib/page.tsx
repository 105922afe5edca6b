import type { GetServerSideProps } from "next";
import { useRouter } from "next/router";

/** Not shown: what differs between runs, and headers that only parts of the framework send each other. */
const shown = /^(x-(?!forwarded|nextjs-rewrite|middleware-set-cookie)|cookie$|next-|rsc$)/;

export function seen(headers: Record<string, string | string[] | undefined>) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => shown.test(name)).sort());
}

/** A page that shows what its request was. */
export const getServerSideProps: GetServerSideProps = async ({ req, query, params, resolvedUrl, locale }) => ({
  props: {
    request: {
      method: req.method ?? "",
      url: req.url ?? "",
      query,
      params: params ?? null,
      resolvedUrl,
      locale: locale ?? null,
      cookies: req.cookies,
      headers: seen(req.headers),
    },
  },
});

export function Shown({ request }: { request: unknown }) {
  const { asPath, pathname, query } = useRouter();
  return (
    <main>
      <h1 id="router">{JSON.stringify({ asPath, pathname, query })}</h1>
      <pre id="request">{JSON.stringify(request)}</pre>
    </main>
  );
}
