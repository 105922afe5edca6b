export async function getServerSideProps({ params, query, resolvedUrl }) {
  return { props: { params: params ?? null, query, resolvedUrl } };
}

export default function Optional(props) {
  return <pre>{JSON.stringify(props)}</pre>;
}
