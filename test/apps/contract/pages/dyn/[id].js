import { useRouter } from "next/router";

export default function Dynamic() {
  const { query, asPath, isReady, pathname } = useRouter();
  return (
    <pre id="router" suppressHydrationWarning>
      {JSON.stringify({ query, asPath, isReady, pathname })}
    </pre>
  );
}
