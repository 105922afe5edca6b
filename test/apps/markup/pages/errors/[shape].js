import Router, { useRouter } from "next/router";

function attempt(run) {
  try {
    return typeof run();
  } catch {
    return "throws";
  }
}

export default function Shape(props) {
  const router = useRouter();
  if (props.methods) props.methods = ["push", "replace", "reload", "back", "forward", "prefetch", "beforePopState"].map((name) => attempt(() => router[name]("/")));
  return <pre>{JSON.stringify(props)}</pre>;
}

class Thing {
  a = 1;
}

export async function getServerSideProps({ params, res }) {
  const props = { a: 1 };
  switch (params.shape) {
    case "promise":
      return { props: Promise.resolve({ later: true }) };
    case "rejected":
      return { props: Promise.reject(new Error("later")) };
    case "both":
      return { redirect: { destination: "/", permanent: false }, notFound: true };
    case "array":
      return { props: [] };
    case "instance":
      return { props: new Thing() };
    case "null":
      return null;
    case "text":
      return "text";
    case "extra":
      return { props, revalidate: 3 };
    case "misplaced":
      return { a: 1 };
    case "unstable-notfound":
      return { unstable_notFound: true };
    case "redirect-shape":
      return { redirect: { destination: 7, permanent: false } };
    case "redirect-status":
      return { redirect: { destination: "/", statusCode: 418 } };
    case "redirect-nothing":
      return { redirect: { destination: "/" } };
    case "redirect-external":
      return { redirect: { destination: "https://example.com/a b?c=é", permanent: true } };
    case "redirect-utf8":
      return { redirect: { destination: "/é b", permanent: false } };
    case "redirect-303":
      return { redirect: { destination: "/?x=1", statusCode: 303 } };
    case "notfound-false":
      return { notFound: false, props };
    case "undefined-value":
      return { props: { a: undefined, f() {}, s: Symbol.iterator, n: NaN, d: new Date(0), m: new Map([[1, 2]]) } };
    case "cycle":
      props.self = props;
      return { props };
    case "bigint":
      return { props: { big: 1n } };
    case "throw-text":
      throw "a text";
    case "throw-null":
      throw null;
    case "status-404":
      res.statusCode = 404;
      return { props };
    case "status-500":
      res.statusCode = 500;
      return { props };
    case "write":
      res.write("a part");
      return { props };
    case "header-twice":
      res.setHeader("X-A", "1");
      res.appendHeader("X-A", "2");
      res.setHeader("Content-Type", "text/html; charset=latin1");
      return { props };
    case "singleton": {
      const fields = ["pathname", "query", "asPath", "isReady", "locale"].map((name) => attempt(() => Router[name]));
      return { props: { fields, push: attempt(() => Router.push("/")), on: attempt(() => Router.events.on), ready: attempt(() => Router.ready(() => {})) } };
    }
    case "router-methods":
      return { props: { methods: [] } };
    case "large":
      return { props: { text: "x".repeat(200_000) } };
  }
  return { props };
}
