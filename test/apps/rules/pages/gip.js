import { Seen } from "../lib/page";

export default function Page(props) {
  return <Seen name="gip" {...props} />;
}

Page.getInitialProps = ({ req, query, asPath, pathname }) => ({ seen: { url: req?.url, query, of: [asPath, pathname] } });
