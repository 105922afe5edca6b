import { useRouter } from "next/router";
import { useParams, usePathname } from "next/navigation";

export default function Page({ params, reason }) {
  const { isFallback, query, asPath } = useRouter();
  return (
    <p>
      {isFallback ? "fallback" : params.slug} {reason} {JSON.stringify({ query, asPath })} {String(usePathname())} {JSON.stringify(useParams())}
    </p>
  );
}
export const getStaticPaths = () => ({ paths: ["/posts/a", { params: { slug: "b c/d" } }, "/posts/b%20c%2Fd", "/posts/a/"], fallback: true });
export const getStaticProps = (context) => {
  const { params, revalidateReason } = context;
  switch (params.slug) {
    case "gone":
      return { notFound: true, revalidate: 7 };
    case "moved":
      return { redirect: { destination: "/posts/a", permanent: true }, revalidate: 1 };
    case "true":
      return { props: { params }, revalidate: true };
    case "half":
      return { props: { params }, revalidate: 1.5 };
    case "zero":
      return { props: { params }, revalidate: 0 };
    case "text":
      return { props: { params }, revalidate: "5" };
    case "long":
      return { props: { params }, revalidate: 40000000 };
    case "date":
      return { props: { params, deep: [{ "a-b": { when: new Date(0) } }] } };
    case "undefined":
      return { props: { params, d: undefined } };
    case "function":
      return { props: { params, f: () => 1 } };
    case "circle": {
      const a = { params };
      a.list = [a];
      return { props: a };
    }
    case "twice":
      return { props: { params, again: params, nan: NaN } };
    case "array":
      return { props: [] };
    case "class":
      return { props: new (class Point {})() };
    case "extra":
      return { props: {}, title: 1 };
    case "old":
      return { props: {}, unstable_revalidate: 1 };
    case "nothing":
      return;
  }
  return { props: { params, reason: revalidateReason, keys: Object.keys(context) }, revalidate: 5 };
};
