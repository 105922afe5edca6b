import { Shown, shown } from "../shown";

export default function Asked(props) {
  return <Shown {...props} />;
}

Asked.getInitialProps = (context) => ({ ...shown(context, "gip"), keys: Object.keys(context).sort() });
