import Link from "next/link";

export default function Links() {
  return (
    <main>
      <Link href="/about" className="c" title="t" data-x="y">string</Link>
      <Link href={{ pathname: "/about", query: { a: 1, b: ["x", "y"], c: "d e" }, hash: "h" }}>object</Link>
      <Link href={{ pathname: "/ssg/[slug]", query: { slug: "a", q: "1" } }}>interpolated</Link>
      <Link href={{ pathname: "/catch/[...slug]", query: { slug: ["a", "b c"] } }}>catch-all</Link>
      <Link href={{ query: { only: "query" } }}>query only</Link>
      <Link href="/ssg/[slug]" as="/ssg/b">as</Link>
      <Link href="https://example.com/x">external</Link>
      <Link href="mailto:a@example.com">mail</Link>
      <Link href="#there">hash</Link>
      <Link href="?q=1">query</Link>
      <Link href="/about/">trailing</Link>
      <Link href="/about#x">hash on path</Link>
      <Link href="//example.com/y">protocol relative</Link>
      <Link href="relative/path">relative</Link>
      <Link href="/a b/é">encoded</Link>
      <Link href="/about" replace scroll={false} shallow prefetch={false}>flags</Link>
      <Link href="/about" target="_blank" rel="noreferrer"><b>child</b> element</Link>
      <Link href="/about" legacyBehavior><a className="legacy">legacy</a></Link>
      <Link href="/about" legacyBehavior passHref><button type="button">pass</button></Link>
    </main>
  );
}
