import Link from "next/link";

export default function Public() {
  return <Link href="/secret">secret</Link>;
}
