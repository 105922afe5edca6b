import type { GetStaticPaths, GetStaticProps } from "next";
import Head from "next/head";
import Link from "next/link";
import { allPosts, neighbours, type PostSummary, renderPost } from "@/blog/posts";
import { Day } from "@/components/Day";
import { Tags } from "@/components/Tags";
import styles from "@/styles/Post.module.css";

interface Props {
  post: PostSummary;
  html: string;
  newer: PostSummary | null;
  older: PostSummary | null;
  related: PostSummary[];
}

export const getStaticPaths: GetStaticPaths = () => ({
  paths: allPosts().map(({ slug }) => ({ params: { slug } })),
  fallback: false,
});

export const getStaticProps: GetStaticProps<Props> = async ({ params }) => {
  const slug = String(params?.slug);
  const rendered = await renderPost(slug);
  return rendered ? { props: { ...rendered, ...neighbours(slug) } } : { notFound: true };
};

export default function Post({ post, html, newer, older, related }: Props) {
  return (
    <article>
      <Head>
        <title>{`${post.title} · ${process.env.NEXT_PUBLIC_SITE_NAME}`}</title>
        <meta name="description" content={post.excerpt} />
        <meta property="og:title" content={post.title} />
      </Head>
      <p className={styles.meta}>
        <Day date={post.date} /> · {post.minutes} min read
      </p>
      <h1>{post.title}</h1>
      <Tags tags={post.tags} />
      <div className={styles.body} dangerouslySetInnerHTML={{ __html: html }} />
      <nav className={styles.near} aria-label="Neighbouring posts">
        {newer ? (
          <Link href={`/posts/${newer.slug}`} rel="prev">
            <small>Newer</small>
            {newer.title}
          </Link>
        ) : (
          <span />
        )}
        {older && (
          <Link href={`/posts/${older.slug}`} rel="next">
            <small>Older</small>
            {older.title}
          </Link>
        )}
      </nav>
      {related.length > 0 && (
        <aside>
          <h2 className={styles.more}>More like this</h2>
          <ul>
            {related.map(({ slug, title }) => (
              <li key={slug}>
                <Link href={`/posts/${slug}`}>{title}</Link>
              </li>
            ))}
          </ul>
        </aside>
      )}
    </article>
  );
}
