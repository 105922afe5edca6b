import { useRouter } from "next/router";
import { Shown, shown } from "../shown";

export function getStaticProps(context) {
  return { props: shown(context, "plain") };
}

export default function Plain(props) {
  return <Shown {...props} isPreview={useRouter().isPreview} />;
}
