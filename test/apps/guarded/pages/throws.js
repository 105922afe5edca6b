export default function Throws() {
  return null;
}

export function getServerSideProps({ query }) {
  throw new Error("failed on " + query.text);
}
