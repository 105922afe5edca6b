import { Show } from "../../show";

export const getStaticPaths = () => ({ paths: ["/blocking/a"], fallback: "blocking" });

export async function getStaticProps(context) {
  if (context.params.slug === "gone") return { notFound: true };
  if (context.params.slug === "moved") return { redirect: { destination: "/about", permanent: false } };
  return { props: { context, stamp: `stamp-blocking-${Date.now()}` } };
}

export default function Blocking(props) {
  return <Show name="blocking" {...props} />;
}
