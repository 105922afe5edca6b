import { Seen } from "../../lib/page";

export { getServerSideProps } from "../../lib/echo";

export default function Page(props) {
  return <Seen name="cat/[...slug]" {...props} />;
}
