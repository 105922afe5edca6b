import Link from "next/link";

export default function Scroll() {
  return (
    <main>
      <Link id="jump" href="#target">jump</Link>
      <div style={{ height: 2500 }} />
      <h2 id="target">target</h2>
      <Link id="keep" href="/about" scroll={false}>keep</Link>
      <Link id="leave" href="/about">leave</Link>
      <div style={{ height: 2500 }} />
    </main>
  );
}
