import type { GetServerSideProps } from "next";

export const getServerSideProps: GetServerSideProps = async ({ query }) => {
  if (query.gone) return { notFound: true };
  throw new Error("no luck");
};

export default function Fails() {
  return null;
}
