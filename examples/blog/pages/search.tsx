import type { GetServerSideProps } from "next";
import Head from "next/head";
import { useRouter } from "next/router";
import { type ChangeEvent, useEffect, useRef, useState } from "react";
import { type PostSummary, searchPosts } from "@/blog/posts";
import { PostList } from "@/components/PostList";
import styles from "@/styles/Search.module.css";

interface Props {
  query: string;
  results: PostSummary[];
}

export const getServerSideProps: GetServerSideProps<Props> = async ({ query }) => {
  const q = [query.q ?? ""].flat()[0].slice(0, 100);
  return { props: { query: q, results: searchPosts(q) } };
};

/** Results come with the page; further typing asks the API. */
export default function Search({ query, results }: Props) {
  const router = useRouter();
  const [text, setText] = useState(query);
  const [found, setFound] = useState(results);
  const pending = useRef<AbortController>(undefined);

  useEffect(() => () => pending.current?.abort(), []);

  async function search(event: ChangeEvent<HTMLInputElement>) {
    const q = event.target.value;
    setText(q);
    pending.current?.abort();
    const { signal } = (pending.current = new AbortController());
    try {
      const answer = await fetch(`/api/search?q=${encodeURIComponent(q)}`, { signal });
      if (!answer.ok) return;
      setFound((await answer.json()).results);
      await router.replace({ query: { q } }, undefined, { shallow: true });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  return (
    <>
      <Head>
        <title>{`Search · ${process.env.NEXT_PUBLIC_SITE_NAME}`}</title>
        <meta name="robots" content="noindex" />
      </Head>
      <h1>Search</h1>
      <form action="/search" role="search">
        <input
          className={styles.input}
          type="search"
          name="q"
          value={text}
          onChange={search}
          placeholder="Try “sourdough” or “bicycle chain”"
          aria-label="Search posts"
          maxLength={100}
        />
      </form>
      <p className={styles.count} aria-live="polite">
        {text ? `${found.length} ${found.length === 1 ? "post" : "posts"} found` : "Type a word or two."}
      </p>
      <PostList posts={found} />
    </>
  );
}
