import type { GetServerSideProps } from "next";
import { dehydrate, QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

const load = async (): Promise<string[]> => (await fetch("/api/items")).json();

export default function Page() {
  const client = useQueryClient();
  const { data } = useQuery({ queryKey: ["items"], queryFn: load });
  const { mutate } = useMutation({ mutationFn: async () => {}, onSuccess: () => client.invalidateQueries({ queryKey: ["items"] }) });
  return (
    <>
      <ul id="items">{data?.map((item) => <li key={item}>{item}</li>)}</ul>
      <button id="refresh" onClick={() => mutate()}>Refresh</button>
    </>
  );
}

export const getServerSideProps: GetServerSideProps = async () => {
  const client = new QueryClient();
  await client.prefetchQuery({ queryKey: ["items"], queryFn: async () => ["prefetched"] });
  return { props: { dehydratedState: dehydrate(client) } };
};
