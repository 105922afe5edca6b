import { FormattedDate, FormattedMessage, FormattedNumber, IntlProvider } from "react-intl";

const messages = { hello: "Hello <b>{name}</b>, {n, plural, one {# letter} other {# letters}}" };

export default function Page() {
  return (
    <IntlProvider locale="en" messages={messages} timeZone="UTC">
      <p id="message"><FormattedMessage id="hello" values={{ name: "Ada", n: 2, b: (chunks) => <strong>{chunks}</strong> }} /></p>
      <p id="number"><FormattedNumber value={0.25} style="percent" /></p>
      <p id="date"><FormattedDate value={new Date(0)} year="numeric" month="long" day="numeric" /></p>
    </IntlProvider>
  );
}
