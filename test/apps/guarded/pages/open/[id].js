export default function Open(props) {
  return <pre id="facts">{JSON.stringify(props)}</pre>;
}

export function getServerSideProps({ req, params, query, resolvedUrl }) {
  return { props: { seen: req.headers["x-seen"] ?? null, id: params.id, query, resolvedUrl } };
}
