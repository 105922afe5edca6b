import Link from "next/link";

export default function About() {
  return (
    <main>
      <h1>About &amp; more</h1>
      <p>{"<escaped> 'single' \"double\""}</p>
      <p>count: {3} items</p>
      <Link id="home" href="/">home</Link>
    </main>
  );
}
