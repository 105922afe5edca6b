import Link from "next/link";
import type { PostSummary } from "@/blog/posts";
import { Day } from "./Day";
import { Tags } from "./Tags";
import styles from "./PostList.module.css";

export function PostList({ posts }: { posts: PostSummary[] }) {
  return (
    <ul className={styles.list}>
      {posts.map((post) => (
        <li key={post.slug} className={styles.item}>
          <p className={styles.meta}>
            <Day date={post.date} /> · {post.minutes} min
          </p>
          <h2 className={styles.title}>
            <Link href={`/posts/${post.slug}`}>{post.title}</Link>
          </h2>
          <p className={styles.excerpt}>{post.excerpt}</p>
          <Tags tags={post.tags} />
        </li>
      ))}
    </ul>
  );
}
