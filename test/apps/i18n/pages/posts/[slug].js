import { Show } from "../../show";

export function getStaticPaths({ locales, defaultLocale }) {
  if (!Array.isArray(locales) || !defaultLocale) throw new Error("getStaticPaths has no locales");
  return {
    paths: [
      "/posts/a",
      ...(locales.includes("fr") ? ["/fr/posts/string", { params: { slug: "a" }, locale: "fr" }, { params: { slug: "é b" }, locale: "fr" }] : []),
      { params: { slug: "gone" } },
    ],
    fallback: false,
  };
}

export async function getStaticProps(context) {
  return context.params.slug === "gone" ? { notFound: true } : { props: { context } };
}

export default function Post(props) {
  return <Show name="post" {...props} />;
}
