import { Shown, shown } from "../shown";

/** Never grows old, and cannot be made again. */
export function getStaticProps(context) {
  if (context.revalidateReason !== "build") throw new Error("once is once");
  return { props: shown(context, "once") };
}

export default Shown;
