import Router from "next/router";
import { useReportWebVitals } from "next/web-vitals";

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

export function reportWebVitals({ id, name, label, value, startTime, ...rest }) {
  const all = (window.vitals ||= []);
  all.push([name, label, typeof id, typeof value, typeof startTime, Object.keys(rest).join()].join(" "));
}

function report(metric) {
  const { name, id, value, delta, rating, entries, navigationType } = metric;
  const kinds = [id, value, delta, rating, entries, navigationType].map((v) => typeof v).join(" ");
  (window.hooked ||= []).push(name + ": " + kinds);
}

export default function App({ Component, pageProps }) {
  useReportWebVitals(report);
  return <Component {...pageProps} />;
}
