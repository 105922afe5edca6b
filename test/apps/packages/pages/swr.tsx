import type { GetStaticProps } from "next";
import useSWR, { SWRConfig } from "swr";
import useSWRMutation from "swr/mutation";

const get = (url: string) => fetch(url).then((r) => r.json());

function Count() {
  const { data } = useSWR("/api/count", get);
  const { trigger } = useSWRMutation("/api/count", (url) => fetch(url, { method: "POST" }).then((r) => r.json()));
  return <p><span id="count">{data?.from}</span> <button id="add" onClick={() => trigger()}>Add</button></p>;
}

export default function Page({ fallback }: { fallback: Record<string, unknown> }) {
  return <SWRConfig value={{ fallback }}><Count /></SWRConfig>;
}

export const getStaticProps: GetStaticProps = async () => ({ props: { fallback: { "/api/count": { from: "build" } } } });
