import { useId } from "react";
import { useRouter } from "next/router";
import { useParams, usePathname, useSearchParams } from "next/navigation";

export default function Page({ rows, keys }) {
  const { pathname, asPath, query, isReady } = useRouter();
  return (
    <ul id={useId()}>
      <li>{JSON.stringify({ pathname, asPath, query, isReady })}</li>
      <li>{usePathname()} {String(useSearchParams())} {JSON.stringify(useParams())}</li>
      <li>{keys}</li>
      {rows.map((row) => <li key={row.id}>{row.id}: {row.name}</li>)}
    </ul>
  );
}

export async function getServerSideProps(context) {
  const { query, req, res } = context;
  switch (query.do) {
    case "notFound":
      return { notFound: true };
    case "redirect":
      return { redirect: { destination: "/about?x=é", permanent: query.permanent === "1" } };
    case "status":
      return { redirect: { destination: "/about", statusCode: 303, basePath: false } };
    case "badRedirect":
      return { redirect: { destination: 1, permanent: "yes", basePath: "x" } };
    case "bothRedirect":
      return { redirect: { destination: "/", permanent: true, statusCode: 301 } };
    case "end":
      res.setHeader("x-a", "1");
      res.statusCode = 201;
      res.end("bye");
      return { props: {} };
    case "endLater":
      res.writeHead(200, { "Content-Type": "text/plain" });
      res.write("one ");
      setTimeout(() => res.end("two"), 1);
      return { props: {} };
    case "throw":
      throw Object.assign(new TypeError("boom"), { code: "E1" });
    case "nothing":
      return;
    case "keys":
      return { props: {}, title: "x", other: 1 };
    case "old":
      return { unstable_notFound: true };
    case "cookies":
      return { props: { rows: [], cookies: req.cookies, ip: req.socket.remoteAddress, ua: req.headers["user-agent"] } };
  }
  res.setHeader("Set-Cookie", ["a=1", "b=2"]);
  res.statusCode = 202;
  const rows = [1, 2].map((id) => ({ id, name: "N</script>&\u2028" + id }));
  return { props: Promise.resolve({ rows, keys: Object.keys(context).join(), url: req.url, dropped: undefined, when: new Date(0) }) };
}
