/** One page answers for every path, and is kept. */
export function getStaticPaths() {
  return { paths: [{ params: { all: [] } }, { params: { all: ["built"] } }], fallback: "blocking" };
}

export function getStaticProps({ params }) {
  const { all = [] } = params;
  return { props: { all }, revalidate: 600 };
}

export default function All({ all }) {
  return <p>{JSON.stringify(all)}</p>;
}
