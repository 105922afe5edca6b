import Probe from "../components/Probe";

export default function Ssp(props) {
  return <Probe name="ssp" {...props} />;
}

export async function getServerSideProps({ query, resolvedUrl, locale = null, req }) {
  const { wait, fail, to, gone } = query;
  if (wait) await new Promise((done) => setTimeout(done, Number(wait)));
  if (fail) throw new Error("as asked");
  if (gone) return { notFound: true };
  if (to) return { redirect: { destination: to, permanent: false } };
  return { props: { query, resolvedUrl, locale, url: req.url.replace(/^(.*_next\/data\/)[^/]+/, "$1ID") } };
}
