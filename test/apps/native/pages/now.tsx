import bcrypt from "bcrypt";
import Head from "next/head";
import Link from "next/link";

export async function getServerSideProps() {
  return { props: { rounds: bcrypt.getRounds(await bcrypt.hash("asked", 4)) } };
}

export default function Now({ rounds }: { rounds: number }) {
  return (
    <main>
      <Head><title>now</title></Head>
      <p id="rounds">{rounds}</p>
      <Link href="/">built</Link>
    </main>
  );
}
