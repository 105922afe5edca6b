import { useRouter, withRouter } from "next/router";
import Router from "next/router";
import { useEffect, useState } from "react";

const Wrapped = withRouter(({ router }) => <span id="wrapped">{router.pathname}</span>);

const names = ["routeChangeStart", "beforeHistoryChange", "routeChangeComplete", "routeChangeError", "hashChangeStart", "hashChangeComplete"];

export default function RouterPage() {
  const router = useRouter();
  const [log, setLog] = useState([]);
  useEffect(() => {
    const handlers = names.map((name) => {
      const handler = (...args) => {
        const words = [name, ...args.map((a) => (a instanceof Error || a?.cancelled !== undefined ? `error:${a.cancelled}` : typeof a === "string" ? a : JSON.stringify(a)))];
        window.routerLog = [...(window.routerLog || []), words.join(" ")];
        setLog((all) => [...all, words.join(" ")]);
      };
      Router.events.on(name, handler);
      return [name, handler];
    });
    window.router = router;
    return () => handlers.forEach(([name, handler]) => Router.events.off(name, handler));
  }, [router]);
  const { pathname, route, query, asPath, basePath, isReady, isPreview, isFallback, isLocaleDomain, locale, locales, defaultLocale, domainLocales } = router;
  return (
    <main>
      <pre id="router" suppressHydrationWarning>
        {JSON.stringify({ pathname, route, query, asPath, basePath, isReady, isPreview, isFallback, isLocaleDomain, locale, locales, defaultLocale, domainLocales })}
      </pre>
      <Wrapped />
      <pre id="methods" suppressHydrationWarning>{Object.keys(router).sort().join(" ")}</pre>
      <ol id="events">
        {log.map((entry, i) => (
          <li key={i}>{entry}</li>
        ))}
      </ol>
      <p id="there" className="far">anchor</p>
    </main>
  );
}
