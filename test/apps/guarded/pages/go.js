// Redirects where the query says, as login pages do.
export default function Go() {
  return null;
}

export function getServerSideProps({ query }) {
  return { redirect: { destination: String(query.to ?? "/public"), permanent: false } };
}
