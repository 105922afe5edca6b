import { Show } from "../show";

export async function getServerSideProps({ req, res, ...context }) {
  const { do: act } = context.query;
  if (act === "redirect") return { redirect: { destination: "/about", permanent: false } };
  if (act === "missing") return { notFound: true };
  if (act === "fail") throw new Error("asked to fail");
  return { props: { context, url: req.url } };
}

export default function Gssp(props) {
  return <Show name="gssp" {...props} />;
}
