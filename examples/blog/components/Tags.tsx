import Link from "next/link";
import styles from "./Tags.module.css";

export function Tags({ tags, counts }: { tags: string[]; counts?: Record<string, number> }) {
  return (
    <p className={counts ? styles.large : styles.tags}>
      {tags.map((tag) => (
        <Link key={tag} href={{ pathname: "/tags/[tag]", query: { tag } }} className={styles.tag} prefetch={false}>
          {tag}
          {counts && <span className={styles.count}>{counts[tag]}</span>}
        </Link>
      ))}
    </p>
  );
}
