import Probe from "../components/Probe";

export default function Initial(props) {
  return <Probe name="gip" {...props} />;
}
Initial.getInitialProps = ({ pathname, query, asPath, locale }) => ({ ctx: { pathname, query, asPath, locale } });
