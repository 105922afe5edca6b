export default function Live({ word }) {
  return <p>{word}</p>;
}

export function getServerSideProps() {
  return { props: { word: "TREASURE-live" } };
}
