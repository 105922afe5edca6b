import Link from "next/link";
import styles from "./Pager.module.css";

function href(page: number) {
  return page === 1 ? "/" : `/page/${page}`;
}

export function Pager({ page, pages }: { page: number; pages: number }) {
  return (
    <nav className={styles.pager} aria-label="Pages">
      {page > 1 ? <Link href={href(page - 1)}>← Newer</Link> : <span />}
      <span className={styles.place}>
        {page} of {pages}
      </span>
      {page < pages ? <Link href={href(page + 1)}>Older →</Link> : <span />}
    </nav>
  );
}
