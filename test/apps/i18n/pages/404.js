import { Show } from "../show";

export async function getStaticProps(context) {
  return { props: { context } };
}

export default function NotFound(props) {
  return <Show name="404" {...props} />;
}
