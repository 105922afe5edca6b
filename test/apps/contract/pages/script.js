import Script from "next/script";
import { useState } from "react";

export default function Scripts() {
  const [log, setLog] = useState([]);
  const add = (entry) => setLog((all) => [...all, entry]);
  return (
    <main>
      <Script src="/script-after.js" onLoad={() => add("after load")} onReady={() => add("after ready")} />
      <Script src="/script-lazy.js" strategy="lazyOnload" onLoad={() => add("lazy load")} />
      <Script src="/script-missing.js" onError={() => add("missing error")} />
      <Script id="inline">{"window.inlineRan = (window.inlineRan || 0) + 1"}</Script>
      <ul id="log">
        {log.map((entry) => (
          <li key={entry}>{entry}</li>
        ))}
      </ul>
    </main>
  );
}
