import type { GetStaticProps, InferGetStaticPropsType } from "next";

export const getStaticProps = (async ({ revalidateReason }) => ({
  props: { stamp: `stamp-failed-${Date.now()}`, reason: revalidateReason ?? null },
  revalidate: 3,
})) satisfies GetStaticProps;

export default function Failed({ stamp, reason }: InferGetStaticPropsType<typeof getStaticProps>) {
  return <p>{`failed ${stamp} ${reason}`}</p>;
}
