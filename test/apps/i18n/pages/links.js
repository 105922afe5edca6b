import Link from "next/link";

export default function Links() {
  return (
    <nav>
      <Link href="/about">same</Link>
      <Link href="/about" locale="fr">fr</Link>
      <Link href="/about" locale="nl-BE">nl-BE</Link>
      <Link href="/about" locale="en">en</Link>
      <Link href="/about" locale={false}>false</Link>
      <Link href="/fr/about" locale={false}>own</Link>
      <Link href="/fr/about">twice</Link>
      <Link href="/">home</Link>
      <Link href="/" locale="fr">home fr</Link>
      <Link href="/?a=1#b" locale="fr">query</Link>
      <Link href="/api/echo" locale="fr">api</Link>
      <Link href={{ pathname: "/posts/[slug]", query: { slug: "a" } }} locale="fr">object</Link>
      <Link href="https://example.org/" locale="fr">away</Link>
    </nav>
  );
}
