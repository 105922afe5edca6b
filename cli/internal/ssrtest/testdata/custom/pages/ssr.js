export default function Page(props) {
  return <pre>{JSON.stringify(props)}</pre>;
}
export const getServerSideProps = () => ({ props: { a: 1 } });
