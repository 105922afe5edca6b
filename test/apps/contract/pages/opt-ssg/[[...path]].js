export const getStaticPaths = () => ({
  paths: [{ params: { path: [] } }, { params: { path: ["one"] } }, { params: { path: ["one", "two"] } }, "/opt-ssg/x/y/z"],
  fallback: false,
});

export const getStaticProps = ({ params }) => ({ props: { params } });

export default function OptionalStatic({ params }) {
  return <pre>{JSON.stringify(params)}</pre>;
}
