import type { GetStaticProps } from "next";
import Head from "next/head";
import { allTags, type TagCount } from "@/blog/posts";
import { Tags } from "@/components/Tags";

interface Props {
  tags: TagCount[];
}

export const getStaticProps: GetStaticProps<Props> = () => ({ props: { tags: allTags() } });

export default function TagIndex({ tags }: Props) {
  const counts = Object.fromEntries(tags.map(({ tag, count }) => [tag, count]));
  return (
    <>
      <Head>
        <title>{`Tags · ${process.env.NEXT_PUBLIC_SITE_NAME}`}</title>
      </Head>
      <h1>Tags</h1>
      <Tags tags={tags.map(({ tag }) => tag)} counts={counts} />
    </>
  );
}
