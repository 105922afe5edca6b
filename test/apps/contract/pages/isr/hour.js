export const getStaticProps = async () => ({ props: {}, revalidate: 3600 });

export default function Hour() {
  return <h1>hour</h1>;
}
