export const getServerSideProps = async () => ({ props: {} });

export default function Throws() {
  throw new Error("render threw: secret detail");
}
