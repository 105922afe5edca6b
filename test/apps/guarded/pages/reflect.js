export default function Reflect() {
  return <p>reflect</p>;
}

export function getServerSideProps() {
  return { props: {} };
}
