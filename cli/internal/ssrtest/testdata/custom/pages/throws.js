export default function Page() {
  throw new Error("while rendering");
}
export const getServerSideProps = () => ({ props: {} });
