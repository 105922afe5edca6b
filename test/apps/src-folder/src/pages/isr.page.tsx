import type { GetStaticProps, InferGetStaticPropsType } from "next";
import { notes } from "./notes";

export const getStaticProps = (async () => ({
  props: { notes },
  revalidate: 60,
})) satisfies GetStaticProps;

export default function Isr(props: InferGetStaticPropsType<typeof getStaticProps>) {
  return <p>{props.notes.join()}</p>;
}
