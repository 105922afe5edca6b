export const getServerSideProps = async () => ({ props: { kind: "ssr" } });

export default function Ssr({ kind }) {
  return <h1>{kind}</h1>;
}
