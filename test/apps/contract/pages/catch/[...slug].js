export async function getServerSideProps({ params, query, resolvedUrl, req }) {
  return { props: { params, query, resolvedUrl, url: req.url.replace(/^\/_next\/data\/[^/]+/, "/_next/data/ID") } };
}

export default function Catch(props) {
  return <pre>{JSON.stringify(props)}</pre>;
}
