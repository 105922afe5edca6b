export const getServerSideProps = async ({ params }) => ({ props: { params } });

export default function Precedence({ params }) {
  return <pre>{"prec/static/[b] "}{JSON.stringify(params)}</pre>;
}
