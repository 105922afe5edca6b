import Link from "next/link";

export default function Links() {
  return (
    <nav>
      <Link id="same" href="/about">same</Link>
      <Link id="fr" href="/about" locale="fr">fr</Link>
      <Link id="nl-BE" href="/about" locale="nl-BE">nl-BE</Link>
      <Link id="en" href="/about" locale="en">en</Link>
      <Link id="false" href="/about" locale={false}>false</Link>
      <Link id="own" href="/fr/about" locale={false}>own</Link>
      <Link id="twice" href="/fr/about">twice</Link>
      <Link id="home" href="/">home</Link>
      <Link id="home-fr" href="/" locale="fr">home fr</Link>
      <Link id="query" href="/?a=1#b" locale="fr">query</Link>
      <Link id="api" href="/api/echo" locale="fr">api</Link>
      <Link href={{ pathname: "/posts/[slug]", query: { slug: "a" } }} locale="fr">object</Link>
      <Link id="away" href="https://example.org/" locale="fr">away</Link>
    </nav>
  );
}
