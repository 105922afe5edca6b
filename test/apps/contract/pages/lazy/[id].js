import { useRouter } from "next/router";

export function getStaticPaths() {
  return { paths: ["/lazy/built"], fallback: true };
}

export async function getStaticProps({ params }) {
  if (params.id === "gone") return { notFound: true };
  if (params.id === "moved") return { redirect: { destination: "/about", permanent: false } };
  return { props: { id: params.id }, revalidate: 600 };
}

export default function Lazy({ id }) {
  const { isFallback, query, asPath, isReady } = useRouter();
  if (isFallback) {
    return (
      <p id="shell" suppressHydrationWarning>
        {JSON.stringify({ query, asPath, isReady })}
      </p>
    );
  }
  return <h1 id="lazy">{id}</h1>;
}
