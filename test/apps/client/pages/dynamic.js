import dynamic from "next/dynamic";
import { useState } from "react";

const later = (ms, value) => new Promise((done) => setTimeout(() => done(value), ms));
let tries = 0;

const Part = dynamic(() => import("../components/parts"));
const Named = dynamic(() => import("../components/parts").then((all) => all.Named), { ssr: false, loading: () => <i id="named-loading">loading</i> });
const Options = dynamic({ loader: () => import("../components/parts").then((all) => all.Named), loading: () => <i>options</i> });
const note = (name, { isLoading, pastDelay, timedOut, error }) => {
  if (typeof window !== "undefined") window.log.push([name, isLoading, !!pastDelay, !!timedOut, error?.message].join(" "));
};
const Slow = dynamic(() => later(500).then(() => ({ default: () => <b id="slow">slow</b> })), {
  ssr: false,
  delay: 100,
  timeout: 300,
  loading: (props) => (note("slow", props), <i>slow loading</i>),
});
const Failing = dynamic(() => (++tries === 1 ? Promise.reject(new Error("no luck")) : Promise.resolve(() => <b id="lucky">lucky</b>)), {
  ssr: false,
  loading: (props) => (note("failing", props), <button id="retry" onClick={props.retry}>{props.error ? "failed" : "wait"}</button>),
});
const Bare = dynamic(() => later(50).then(() => () => <b id="bare">bare</b>), { ssr: false });

export default function DynamicPage() {
  const [open, setOpen] = useState(false);
  return (
    <main>
      <h1>dynamic</h1>
      <Part />
      <Named label="yes" />
      <Options label="too" />
      <button id="open" onClick={() => setOpen(true)}>open</button>
      {open && (
        <div id="opened">
          <Slow />
          <Failing />
          <Bare />
        </div>
      )}
    </main>
  );
}
