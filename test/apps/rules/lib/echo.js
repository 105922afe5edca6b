export async function getServerSideProps({ req, query, params, resolvedUrl }) {
  return { props: { seen: { url: req.url, query, params: params ?? null, resolvedUrl } } };
}
