import { useRouter } from "next/router";

// What the page knows of its URL.
export function Seen({ name, seen }) {
  const { asPath, pathname, query } = useRouter();
  return (
    <main>
      <h1>{name}</h1>
      <pre>{JSON.stringify({ ...seen, asPath, pathname, routerQuery: query }, null, 1)}</pre>
    </main>
  );
}
