/** Fails on every request. */
export function getServerSideProps() {
  throw new Error("broken by design");
}

export default function Broken() {
  return null;
}
