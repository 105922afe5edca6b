export function getStaticPaths() {
  return { paths: [{ params: { id: "built" } }], fallback: "blocking" };
}

const answers = {
  gone: { notFound: true },
  "gone-soon": { notFound: true, revalidate: 60 },
  moved: { redirect: { destination: "/about", permanent: false } },
  "moved-for-good": { redirect: { destination: "/about", permanent: true } },
  "moved-303": { redirect: { destination: "/about?x=1", statusCode: 303 } },
  "moved-away": { redirect: { destination: "https://example.com/there", permanent: false } },
  "moved-fresh": { redirect: { destination: "/about", permanent: false }, revalidate: 60 },
  "moved-unbased": { redirect: { destination: "/about", permanent: false, basePath: false } },
  "bad-redirect": { redirect: { destination: 5 } },
  "bad-revalidate": { props: {}, revalidate: -1 },
  "bad-shape": "not an object",
  "bad-key": { props: {}, extra: 1 },
};

export async function getStaticProps({ params }) {
  if (params.id === "throw") throw new Error("getStaticProps threw");
  return answers[params.id] ?? { props: { id: params.id } };
}

export default function Blocking({ id }) {
  if (id === "throw-in-render") throw new Error("render threw");
  return <h1>{id}</h1>;
}
