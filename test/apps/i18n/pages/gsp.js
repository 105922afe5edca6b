import { Show } from "../show";

export async function getStaticProps(context) {
  if (context.locale === "nl-BE") return { notFound: true };
  return { props: { context }, revalidate: 3600 };
}

export default function Gsp(props) {
  return <Show name="gsp" {...props} />;
}
