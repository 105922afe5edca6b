import type { GetStaticPaths, GetStaticProps } from "next";
import Head from "next/head";
import { type ListPage, listPage } from "@/blog/pages";
import { Pager } from "@/components/Pager";
import { PostList } from "@/components/PostList";

export const getStaticPaths: GetStaticPaths = () => ({
  paths: Array.from({ length: listPage(1).pages - 1 }, (_, i) => `/page/${i + 2}`),
  fallback: false,
});

export const getStaticProps: GetStaticProps<ListPage> = ({ params }) => ({ props: listPage(Number(params?.page)) });

export default function Page({ posts, page, pages }: ListPage) {
  return (
    <>
      <Head>
        <title>{`Page ${page} · ${process.env.NEXT_PUBLIC_SITE_NAME}`}</title>
      </Head>
      <PostList posts={posts} />
      <Pager page={page} pages={pages} />
    </>
  );
}
