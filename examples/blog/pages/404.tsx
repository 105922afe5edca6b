import Link from "next/link";

export default function NotFound() {
  return (
    <>
      <h1>Nothing grows here</h1>
      <p className="lead">
        There is no page at this address. The <Link href="/">list of posts</Link> and the <Link href="/search">search</Link>{" "}
        are good places to go on from.
      </p>
    </>
  );
}
