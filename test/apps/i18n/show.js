import Link from "next/link";
import { useRouter } from "next/router";

/** What the router knows of the locale, and links in each form. */
export function Show({ name, ...rest }) {
  const { pathname, asPath, query, locale, locales, defaultLocale, domainLocales, isLocaleDomain } = useRouter();
  return (
    <main>
      <h1>{name}</h1>
      <pre id="router">{JSON.stringify({ pathname, asPath, query, locale, locales, defaultLocale, domainLocales, isLocaleDomain })}</pre>
      <pre id="props">{JSON.stringify(rest)}</pre>
      <Link id="about" href="/about">about</Link>
    </main>
  );
}
