export async function getServerSideProps({ query, req, resolvedUrl }) {
  if (query.do === "redirect") return { redirect: { destination: "/about", permanent: false } };
  if (query.do === "redirect-unbased") return { redirect: { destination: "/about", permanent: true, basePath: false } };
  if (query.do === "redirect-away") return { redirect: { destination: "https://example.com/x", permanent: false } };
  return { props: { query, resolvedUrl, url: req.url } };
}

export default function Ssr(props) {
  return <pre>{JSON.stringify(props)}</pre>;
}
