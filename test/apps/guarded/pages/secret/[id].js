export default function Item({ word }) {
  return <p>{word}</p>;
}

export function getStaticPaths() {
  return { paths: [], fallback: "blocking" };
}

export function getStaticProps({ params }) {
  return { props: { word: "TREASURE-" + params.id } };
}
