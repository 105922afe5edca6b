import Image from "next/image";
import Link from "next/link";
import { useState } from "react";
import Probe from "../components/Probe";

const dot = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='8' height='8'/%3E";
const blur = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

/** Pictures that are there before React is, and ones that come later. */
export default function Images() {
  const [src, setSrc] = useState(dot);
  const say = (text) => (event) => (window.said ||= []).push(text + " " + (event?.type ?? event?.id));
  return (
    <Probe name="images">
      <Link ref={(link) => link && ((window.said ||= []).push("ref " + link.nodeName + link.getAttribute("href")))} href="/static" prefetch={false}>link</Link>
      <button id="change" onClick={() => setSrc(dot + "#again")}>change</button>
      <Image id="early" src={src} alt="early" width={8} height={8} onLoad={say("early")} />
      <Image id="blurred" src={dot} alt="blurred" width={40} height={40} placeholder="blur" blurDataURL={blur} onLoad={say("blurred")} />
      <Image id="complete" src={dot} alt="complete" width={8} height={8} onLoadingComplete={say("complete")} />
      <Image id="missing" src="/missing.png" unoptimized loading="eager" alt="missing" width={8} height={8} onError={say("missing")} />
      <Image id="ref" ref={(image) => image && ((window.said ||= []).push("ref " + image.nodeName))} src={dot} alt="" width={8} height={8} />
    </Probe>
  );
}
