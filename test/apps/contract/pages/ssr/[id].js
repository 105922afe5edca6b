export async function getServerSideProps({ params, query, resolvedUrl, ...rest }) {
  return { props: { params, query, resolvedUrl, keys: Object.keys(rest).sort() } };
}

export default function SsrId(props) {
  if (props.params.id === "throw-in-render") throw new Error("render threw");
  return <pre>{JSON.stringify(props)}</pre>;
}
