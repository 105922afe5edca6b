import { Shown, shown } from "../shown";

export function getStaticProps(context) {
  return { props: shown(context, "aged"), revalidate: 2 };
}

export default Shown;
