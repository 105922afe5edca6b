import { AsyncLocalStorage } from "async_hooks";

const store = new AsyncLocalStorage();
export default function Page({ before }) {
  return <p>{before} {store.getStore()}</p>;
}
export async function getServerSideProps({ query }) {
  store.enterWith(query.n);
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve, Number(query.n) % 5));
  return { props: { before: store.getStore() } };
}
