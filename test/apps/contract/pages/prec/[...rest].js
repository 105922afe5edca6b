export const getServerSideProps = async ({ params }) => ({ props: { params } });

export default function Precedence({ params }) {
  return <pre>{"prec/[...rest] "}{JSON.stringify(params)}</pre>;
}
