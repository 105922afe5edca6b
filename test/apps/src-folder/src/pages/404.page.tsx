import type { GetStaticProps, InferGetStaticPropsType } from "next";

export const getStaticProps = (async ({ revalidateReason }) => ({
  props: { stamp: `stamp-missing-${Date.now()}`, reason: revalidateReason ?? null },
  revalidate: 3,
})) satisfies GetStaticProps;

export default function Missing({ stamp, reason }: InferGetStaticPropsType<typeof getStaticProps>) {
  return <p>{`missing ${stamp} ${reason}`}</p>;
}
