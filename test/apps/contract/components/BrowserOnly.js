export default function BrowserOnly() {
  return <p id="browser-only">{window.location.pathname}</p>;
}
