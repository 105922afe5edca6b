import { Seen } from "../../lib/page";

export const getStaticPaths = () => ({ paths: [{ params: { slug: "a" } }], fallback: "blocking" });

export function getStaticProps({ params }) {
  if (params.slug === "gone") return { notFound: true };
  if (params.slug === "moved") return { redirect: { destination: "/about", permanent: false } };
  return { props: { seen: { params } } };
}

export default function Page(props) {
  return <Seen name="gsp" {...props} />;
}
