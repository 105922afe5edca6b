import type { GetStaticProps } from "next";
import Head from "next/head";
import Link from "next/link";
import { allPosts, allTags, type PostSummary } from "@/blog/posts";
import styles from "@/styles/Almanac.module.css";

interface Props {
  madeAt: string;
  posts: number;
  tags: number;
  minutes: number;
  pick: PostSummary;
}

/** Made anew at most every ten seconds, and then with another post of the moment. */
export const getStaticProps: GetStaticProps<Props> = () => {
  const posts = allPosts();
  const now = Date.now();
  return {
    props: {
      madeAt: new Date(now).toISOString(),
      posts: posts.length,
      tags: allTags().length,
      minutes: posts.reduce((sum, post) => sum + post.minutes, 0),
      pick: posts[Math.floor(now / 10_000) % posts.length],
    },
    revalidate: 10,
  };
};

export default function Almanac({ madeAt, posts, tags, minutes, pick }: Props) {
  return (
    <>
      <Head>
        <title>{`Almanac · ${process.env.NEXT_PUBLIC_SITE_NAME}`}</title>
      </Head>
      <h1>Almanac</h1>
      <p className="lead">The blog in numbers, counted again at most every ten seconds.</p>
      <dl className={styles.numbers}>
        <div>
          <dt>Posts</dt>
          <dd>{posts}</dd>
        </div>
        <div>
          <dt>Tags</dt>
          <dd>{tags}</dd>
        </div>
        <div>
          <dt>Minutes to read</dt>
          <dd>{minutes}</dd>
        </div>
      </dl>
      <h2>Post of the moment</h2>
      <p>
        <Link href={`/posts/${pick.slug}`}>{pick.title}</Link>. {pick.excerpt}
      </p>
      <p className={styles.made}>
        Counted at <time dateTime={madeAt}>{madeAt.slice(11, 19)} UTC</time>
      </p>
    </>
  );
}
