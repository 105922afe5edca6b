import Link from "next/link";
import { useRouter } from "next/router";
import type { ReactNode } from "react";
import styles from "./Layout.module.css";

const links = [
  { href: "/", label: "Posts" },
  { href: "/tags", label: "Tags" },
  { href: "/search", label: "Search" },
  { href: "/almanac", label: "Almanac" },
  { href: "/about", label: "About" },
];

export function Layout({ children }: { children: ReactNode }) {
  const { pathname } = useRouter();
  return (
    <div className={styles.frame}>
      <header className={styles.header}>
        <Link href="/" className={styles.brand}>
          <span className={styles.mark} aria-hidden="true" />
          {process.env.NEXT_PUBLIC_SITE_NAME}
        </Link>
        <nav className={styles.nav} aria-label="Main">
          {links.map(({ href, label }) => (
            <Link key={href} href={href} aria-current={pathname === href ? "page" : undefined}>
              {label}
            </Link>
          ))}
        </nav>
      </header>
      <main className={styles.main}>{children}</main>
      <footer className={styles.footer}>{process.env.NEXT_PUBLIC_TAGLINE}</footer>
    </div>
  );
}
