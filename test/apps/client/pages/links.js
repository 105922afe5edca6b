import Link from "next/link";
import { useState } from "react";
import Probe from "../components/Probe";

/** Links whose targets are out of view, so that nothing prefetches before it is asked to. */
export default function Links() {
  const [href, setHref] = useState("/static");
  const say = (text) => window.log.push(text);
  return (
    <Probe name="links">
      <Link id="static" href="/static">static</Link>
      <Link id="ssg" href="/ssg/a">ssg</Link>
      <Link id="ssp" href="/ssp?a=1" prefetch={false}>ssp</Link>
      <Link id="rewritten" href="/re/b">rewritten</Link>
      <Link id="object" href={{ pathname: "/ssg/[slug]", query: { slug: "c", x: 1 }, hash: "far" }}>object</Link>
      <Link id="as" href="/posts/[id]" as="/posts/9?shown=1">as</Link>
      <Link id="replace" href="/static?r=1" replace>replace</Link>
      <Link id="stay" href="/static?stay=1" scroll={false}>stay</Link>
      <Link id="shallow" href="/links?shallow=1" shallow>shallow</Link>
      <Link id="hash" href="#far">hash</Link>
      <Link id="top" href="#">top</Link>
      <Link id="api" href="/api/hello">api</Link>
      <Link id="download" href="/static" download>download</Link>
      <Link id="blank" href="/static" target="_blank">blank</Link>
      <Link id="vetoed" href="/static" onNavigate={(e) => (say("onNavigate"), e.preventDefault())}>vetoed</Link>
      <Link id="clicked" href="/static" onClick={(e) => (say("onClick"), e.preventDefault())}>clicked</Link>
      <Link id="both" href="/static?both" onClick={() => say("onClick")} onNavigate={() => say("onNavigate")}>both</Link>
      <Link href="/static?legacy" legacyBehavior><a id="legacy" onClick={() => say("child onClick")}>legacy</a></Link>
      <Link href="/static?button" legacyBehavior passHref><button id="in-button">button</button></Link>
      <Link href="/static?fragment" legacyBehavior><>no <b>element</b></></Link>
      <Link id="script" href="javascript:window.ran=1">script</Link>
      <Link id="changing" href={href} prefetch={false} onMouseEnter={() => say("onMouseEnter")}>changing</Link>
      <button id="change" onClick={() => setHref("/ssg/b")}>change</button>
    </Probe>
  );
}
