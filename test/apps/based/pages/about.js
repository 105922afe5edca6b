import Link from "next/link";

export default function About() {
  return (
    <main>
      <h1>about</h1>
      <Link id="home" href="/">home</Link>
    </main>
  );
}
