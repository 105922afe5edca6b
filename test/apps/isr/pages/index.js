import { useRouter } from "next/router";

export default function Home() {
  return <p>home {String(useRouter().isPreview)}</p>;
}
