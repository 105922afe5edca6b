import { Seen } from "../lib/page";

export function getServerSideProps({ res }) {
  res.setHeader("x-sets", "page");
  res.setHeader("Set-Cookie", ["page=1", "page2=2"]);
  return { props: {} };
}

export default function Page() {
  return <Seen name="ssr-sets" />;
}
