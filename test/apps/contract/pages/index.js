import Link from "next/link";
import { useState } from "react";

export default function Home() {
  const [count, setCount] = useState(0);
  return (
    <main>
      <h1>Home</h1>
      <button id="count" onClick={() => setCount(count + 1)}>
        {count}
      </button>
      <ul>
        <li><Link id="to-about" href="/about">about</Link></li>
        <li><Link id="to-plain" href="/ssg/plain">plain</Link></li>
        <li><Link id="to-a" href="/ssg/a">a</Link></li>
        <li><Link id="to-b" href="/ssg/b" prefetch={false}>b</Link></li>
        <li><Link id="to-ssr" href="/ssr?from=home">ssr</Link></li>
        <li><Link id="to-gip" href="/gip">gip</Link></li>
        <li><Link id="to-lazy" href="/lazy/z">lazy</Link></li>
        <li><Link id="to-dyn" href="/dyn/7?x=1">dyn</Link></li>
        <li><Link id="to-redirect" href="/ssr?do=redirect">redirect</Link></li>
        <li><Link id="to-nowhere" href="/nowhere">nowhere</Link></li>
        <li><Link id="to-notfound" href="/ssr?do=notfound">notfound</Link></li>
        <li><Link id="to-throw" href="/ssr?do=throw">throw</Link></li>
        <li><Link id="to-scroll" href="/scroll">scroll</Link></li>
        <li><Link id="to-router" href="/router">router</Link></li>
        <li><Link id="to-head" href="/head-one">head</Link></li>
        <li><Link id="to-api" href="/api/json">api</Link></li>
        <li><Link id="to-css" href="/css">css</Link></li>
      </ul>
      <p className="far"><Link id="to-far" href="/ssg/far">far</Link></p>
    </main>
  );
}
