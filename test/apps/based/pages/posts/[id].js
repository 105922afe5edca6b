export const getStaticPaths = () => ({ paths: ["/posts/a"], fallback: "blocking" });

export async function getStaticProps({ params }) {
  if (params.id === "moved") return { redirect: { destination: "/about", permanent: false } };
  if (params.id === "moved-unbased") return { redirect: { destination: "/about", permanent: false, basePath: false } };
  return { props: params, revalidate: 60 };
}

export default function Post({ id }) {
  return <h1>{id}</h1>;
}
