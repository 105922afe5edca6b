import Script from "next/script";
import { useState } from "react";

// Which of them loads first is up to the network.
const say = (text) => () => (window.said ||= []).push(text);

export default function Scripts() {
  const [more, setMore] = useState(false);
  return (
    <main>
      <h1>scripts</h1>
      <Script src="/s-before.js" strategy="beforeInteractive" id="before" data-own="1" />
      <Script id="before-inline" strategy="beforeInteractive">{`(window.order ||= []).push("before inline");`}</Script>
      <Script src="/s-after.js" className="c" crossOrigin="anonymous" onLoad={say("after load")} onReady={say("after ready")} />
      <Script src="/s-once.js" onLoad={say("once load 1")} />
      <Script src="/s-once.js" onLoad={say("once load 2")} />
      <Script src="/s-missing.js" onError={say("missing error")} onLoad={say("never")} />
      <Script id="inline" onReady={say("inline ready")}>{`(window.order ||= []).push("inline");`}</Script>
      <Script id="html" dangerouslySetInnerHTML={{ __html: `(window.order ||= []).push("html");` }} />
      <Script src="/s-worker.js" strategy="worker" />
      <button id="more" onClick={() => setMore(!more)}>more</button>
      {more && <Script src="/s-after.js" onLoad={say("never again")} onReady={say("after ready again")} />}
      {more && <Script id="inline" onReady={say("inline ready again")}>{`(window.order ||= []).push("inline again");`}</Script>}
    </main>
  );
}
