export default function Page(props) {
  return <pre>{JSON.stringify(props)}</pre>;
}
export const getStaticProps = () => ({ props: { a: 1 } });
