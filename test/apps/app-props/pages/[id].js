import { useRouter } from "next/router";

export default function Id() {
  const { query, asPath, isReady } = useRouter();
  return <pre>{JSON.stringify({ query, asPath, isReady })}</pre>;
}
