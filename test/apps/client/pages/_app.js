import Router from "next/router";

const events = ["routeChangeStart", "beforeHistoryChange", "routeChangeComplete", "routeChangeError", "hashChangeStart", "hashChangeComplete"];

if (typeof window !== "undefined") {
  window.log = [];
  for (const name of events) {
    Router.events.on(name, (...args) => {
      const word = (a) => (a instanceof Error ? `error(cancelled=${a.cancelled})` : JSON.stringify(a));
      window.log.push([name, ...args.map(word), "at", location.pathname + location.search + location.hash].join(" "));
    });
  }
  Router.onRouteChangeComplete = (url) => window.log.push("onRouteChangeComplete " + url);
}

export default function App({ Component, pageProps }) {
  return <Component {...pageProps} />;
}
