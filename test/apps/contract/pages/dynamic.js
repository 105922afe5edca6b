import dynamic from "next/dynamic";
import { useState } from "react";

const Heavy = dynamic(() => import("../components/Heavy"));
const Named = dynamic(() => import("../components/Heavy").then((all) => all.Named));
const BrowserOnly = dynamic(() => import("../components/BrowserOnly"), { ssr: false, loading: () => <i id="loading">wait</i> });
const Later = dynamic(() => import("../components/Later"), { loading: () => <i id="later-loading">wait</i> });

export default function DynamicPage() {
  const [open, setOpen] = useState(false);
  return (
    <main>
      <Heavy label="now" />
      <Named />
      <BrowserOnly />
      <button id="open" onClick={() => setOpen(true)}>open</button>
      {open && <Later />}
    </main>
  );
}
