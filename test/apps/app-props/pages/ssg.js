export const getStaticProps = () => ({ props: { kind: "ssg" } });

export default function Ssg({ kind }) {
  return <h1>{kind}</h1>;
}
