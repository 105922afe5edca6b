export async function getServerSideProps({ query, res }) {
  if (query.do === "throw") throw new Error("secret detail");
  if (query.do === "notfound") return { notFound: true };
  if (query.do === "error-page") {
    res.statusCode = 403;
  }
  return { props: { status: res.statusCode } };
}

export default function Ssr({ status }) {
  return <h1>{status}</h1>;
}
