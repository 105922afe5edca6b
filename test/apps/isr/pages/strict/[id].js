import { Shown, shown } from "../../shown";

export function getStaticPaths() {
  return { paths: ["/strict/built"], fallback: false };
}

export function getStaticProps(context) {
  const { id } = context.params;
  if (id === "gone") return { notFound: true, revalidate: 5 };
  if (id === "moved") return { redirect: { destination: "/plain", permanent: false }, revalidate: 5 };
  if (id === "bad") throw new Error("bad is bad");
  return { props: shown(context, `strict-${id}`), revalidate: 60 };
}

export default Shown;
