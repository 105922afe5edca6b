/** Reads a page's own request in getServerSideProps while others are in flight. */
export async function getServerSideProps({ query }) {
  const wait = Math.min(Number(query.wait) || 0, 2000);
  await new Promise((resolve) => setTimeout(resolve, wait));
  return { props: { id: query.id ?? null } };
}

export default function Platform({ id }) {
  return <p id="own">{id}</p>;
}
