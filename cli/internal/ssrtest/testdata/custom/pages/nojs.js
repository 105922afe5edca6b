export const config = { unstable_runtimeJS: false };
export default function Page() {
  return <pre>no scripts</pre>;
}
export const getServerSideProps = () => ({ props: {} });
