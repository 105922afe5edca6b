import type { GetServerSideProps } from "next";
import { useState } from "react";
import axios from "axios";
import { gql, GraphQLClient, request } from "graphql-request";

const query = gql`query Hello($name: String!) { hello(name: $name) }`;
type Hello = { hello: string };

export default function Page({ items, hello, failed, created }: { items: string[]; hello: string; failed: string; created: string }) {
  const [client, setClient] = useState("");
  return (
    <>
      <p id="axios">{items.join()} {created}</p>
      <p id="failed">{failed}</p>
      <p id="graphql">{hello}</p>
      <button id="ask" onClick={async () => {
        const { data } = await axios.get<string[]>("/api/items", { params: { a: [1, 2] } });
        const answer = await request<Hello>(location.origin + "/api/graphql", query, { name: "browser" });
        setClient(data.join() + " " + answer.hello);
      }}>Ask</button>
      <p id="client">{client}</p>
    </>
  );
}

export const getServerSideProps: GetServerSideProps = async ({ req }) => {
  const base = "http://" + req.headers.host;
  const api = axios.create({ baseURL: base, timeout: 5000, headers: { "x-from": "axios" } });
  api.interceptors.response.use((response) => response, (error) => Promise.reject(new Error("intercepted " + error.response.status)));
  const { data: items } = await api.get<string[]>("/api/items");
  const { data: created } = await api.post("/api/items", { name: "thing", price: "3" });
  const failed = await api.post("/api/items", { name: "x" }).catch((error: Error) => error.message);
  const client = new GraphQLClient(base + "/api/graphql", { headers: { authorization: "Bearer x" } });
  const { hello } = await client.request<Hello>(query, { name: "server" });
  return { props: { items, hello, failed, created: JSON.stringify(created) } };
};
