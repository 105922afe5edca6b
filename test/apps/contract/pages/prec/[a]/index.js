export const getServerSideProps = async ({ params }) => ({ props: { params } });

export default function Precedence({ params }) {
  return <pre>{"prec/[a] "}{JSON.stringify(params)}</pre>;
}
