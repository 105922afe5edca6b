import { Show } from "../show";

export default function Gip(props) {
  return <Show name="gip" {...props} />;
}

Gip.getInitialProps = ({ req, pathname, query, asPath, locale, locales, defaultLocale }) => ({
  url: req?.url, context: { pathname, query, asPath, locale, locales, defaultLocale },
});
