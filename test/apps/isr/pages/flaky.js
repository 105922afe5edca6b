import { Shown, shown } from "../shown";

export function getStaticProps(context) {
  if (context.revalidateReason !== "build") throw new Error("flaky is down");
  return { props: shown(context, "flaky"), revalidate: 60 };
}

export default Shown;
