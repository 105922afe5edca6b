import { useRouter } from "next/router";

export const runtime = "experimental-edge";

export default function EdgeAuto() {
  const { asPath, pathname, query, isReady } = useRouter();
  return <h1 id="router">{JSON.stringify({ asPath, pathname, query, isReady })}</h1>;
}
