import type { GetStaticProps } from "next";
import Image from "next/image";
import { type ListPage, listPage } from "@/blog/pages";
import { Pager } from "@/components/Pager";
import { PostList } from "@/components/PostList";
import styles from "@/styles/Home.module.css";

export const getStaticProps: GetStaticProps<ListPage> = () => ({ props: listPage(1) });

export default function Home({ posts, page, pages }: ListPage) {
  return (
    <>
      <div className={styles.hero}>
        <div>
          <h1>Notes for patient people</h1>
          <p className="lead">{process.env.NEXT_PUBLIC_TAGLINE}.</p>
        </div>
        <Image src="/seedling.svg" alt="" width={120} height={120} priority />
      </div>
      <PostList posts={posts} />
      <Pager page={page} pages={pages} />
    </>
  );
}
