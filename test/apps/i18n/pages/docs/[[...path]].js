import { Show } from "../../show";

export async function getServerSideProps({ req, res, ...context }) {
  return { props: { context, url: req.url } };
}

export default function Docs(props) {
  return <Show name="docs" {...props} />;
}
