import { useEffect, useState } from "react";

function Gip({ keys, pathname, query, asPath, side }) {
  const [hydrated, setHydrated] = useState(false);
  useEffect(() => setHydrated(true), []);
  return (
    <main data-hydrated={hydrated}>
      <pre id="gip">{JSON.stringify({ keys, pathname, query, asPath, side })}</pre>
    </main>
  );
}

Gip.getInitialProps = async (context) => {
  const { res, pathname, query, asPath } = context;
  if (query.do === "throw") throw new Error("getInitialProps threw");
  if (query.do === "end") {
    res.end("ended");
    return {};
  }
  if (query.do === "redirect") {
    res.writeHead(302, { Location: "/about" });
    res.end();
    return {};
  }
  if (query.do === "nothing") return undefined;
  if (query.do === "status") res.statusCode = 410;
  return { keys: Object.keys(context).sort(), pathname, query, asPath, side: typeof window === "undefined" ? "server" : "browser" };
};

export default Gip;
