import { Shown, shown } from "../shown";

export function getServerSideProps(context) {
  return { props: shown(context, "ssr") };
}

export default Shown;
