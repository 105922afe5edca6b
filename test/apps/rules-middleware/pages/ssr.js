export async function getServerSideProps({ req, query, resolvedUrl }) {
  return { props: { url: req.url, query, resolvedUrl } };
}

export default function Page(props) {
  return <pre>{JSON.stringify(props)}</pre>;
}
