const getStaticProps = async () => ({ props: { kind: "always" }, revalidate: true });

export { getStaticProps };

export default function Always({ kind }) {
  return <h1>{kind}</h1>;
}
