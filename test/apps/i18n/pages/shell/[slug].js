import { Show } from "../../show";

export const getStaticPaths = () => ({ paths: [{ params: { slug: "a" } }], fallback: true });

export async function getStaticProps(context) {
  return { props: { context } };
}

export default function Shell(props) {
  return <Show name="shell" {...props} />;
}
