import { useRouter as useCompatRouter } from "next/compat/router";
import { useParams, usePathname, useSearchParams } from "next/navigation";
import { useRouter } from "next/router";

/** A page that shows what the hooks tell it, and keeps what each render saw. */
export default function Probe({ name, children, ...props }) {
  const { pathname, query, asPath, isReady, isFallback, locale } = useRouter();
  const path = usePathname();
  const search = useSearchParams();
  const params = useParams();
  const same = useCompatRouter().asPath === asPath;
  const seen = JSON.stringify({ pathname, query, asPath, isReady, isFallback, locale, path, search: search.toString(), params, same });
  if (typeof window !== "undefined") {
    const all = (window.renders ||= []);
    if (all.at(-1) !== seen) all.push(seen);
  }
  return (
    <main>
      <h1>{name}</h1>
      <pre id="props">{JSON.stringify(props)}</pre>
      <div id="far" style={{ marginTop: 3000, marginBottom: 3000 }}>
        <a name="named">far</a>
      </div>
      {children}
    </main>
  );
}
