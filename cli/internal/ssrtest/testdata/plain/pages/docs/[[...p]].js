export default function Page({ p }) {
  return <p>{JSON.stringify(p)}</p>;
}
export const getStaticPaths = () => ({ paths: [{ params: { p: [] } }, { params: { p: ["x", "y z"] } }, { params: { p: false } }, "/docs"], fallback: "blocking" });
export const getStaticProps = ({ params }) => ({ props: { p: params } });
