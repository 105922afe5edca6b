export default function Secret({ word }) {
  return <p>{word}</p>;
}

export function getStaticProps() {
  return { props: { word: "TREASURE-made" } };
}
