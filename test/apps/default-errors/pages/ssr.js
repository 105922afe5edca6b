export async function getServerSideProps({ query }) {
  if (query.do === "throw") throw new Error("secret detail");
  if (query.do === "notfound") return { notFound: true };
  return { props: {} };
}

export default function Ssr() {
  return <h1>fine</h1>;
}
