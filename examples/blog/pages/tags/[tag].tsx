import type { GetStaticPaths, GetStaticProps } from "next";
import Head from "next/head";
import { allTags, type PostSummary, postsWithTag } from "@/blog/posts";
import { PostList } from "@/components/PostList";

interface Props {
  tag: string;
  posts: PostSummary[];
}

export const getStaticPaths: GetStaticPaths = () => ({
  paths: allTags().map(({ tag }) => ({ params: { tag } })),
  fallback: "blocking",
});

export const getStaticProps: GetStaticProps<Props> = ({ params }) => {
  const tag = String(params?.tag);
  const posts = postsWithTag(tag);
  return posts.length > 0 ? { props: { tag, posts } } : { notFound: true };
};

export default function Tag({ tag, posts }: Props) {
  return (
    <>
      <Head>
        <title>{`${tag} · ${process.env.NEXT_PUBLIC_SITE_NAME}`}</title>
      </Head>
      <h1>{tag}</h1>
      <p className="lead">{posts.length === 1 ? "One post" : `${posts.length} posts`}</p>
      <PostList posts={posts} />
    </>
  );
}
