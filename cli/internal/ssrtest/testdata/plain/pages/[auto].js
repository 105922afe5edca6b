import { useRouter } from "next/router";
import { useParams, usePathname } from "next/navigation";

export default function Page() {
  const { asPath, query, isReady } = useRouter();
  return <p>{JSON.stringify({ asPath, query, isReady })} {String(usePathname())} {JSON.stringify(useParams())}</p>;
}
