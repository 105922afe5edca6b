export const config = { unstable_JsPreload: false };
export default function Page() {
  return <pre>scripts without preload</pre>;
}
export const getServerSideProps = () => ({ props: {} });
