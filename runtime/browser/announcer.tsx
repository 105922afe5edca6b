/** Tells screen readers the name of the page after a client navigation. */
import { useEffect, useRef, useState } from "react";
import type { CSSProperties } from "react";
import { createPortal } from "react-dom";

const hidden: CSSProperties = {
  border: 0,
  clip: "rect(0 0 0 0)",
  height: "1px",
  margin: "-1px",
  overflow: "hidden",
  padding: 0,
  position: "absolute",
  top: 0,
  width: "1px",
  whiteSpace: "nowrap",
  wordWrap: "normal",
};

/** A live region in an element of its own; announces title, else h1, else path. */
export function RouteAnnouncer({ asPath }: { asPath: string }) {
  const [host, setHost] = useState<HTMLElement | null>(null);
  const [message, setMessage] = useState("");
  useEffect(() => {
    const element = document.createElement("next-route-announcer");
    document.body.append(element);
    setHost(element);
    return () => element.remove();
  }, []);
  const last = useRef(asPath);
  useEffect(() => {
    if (last.current === asPath) return;
    last.current = asPath;
    const h1 = document.querySelector("h1");
    // The title is set in a microtask after the commit; this runs after it.
    setMessage(document.title || (h1 && (h1.innerText || h1.textContent)) || asPath);
  }, [asPath]);
  return host
    ? createPortal(
        <p aria-live="assertive" id="__next-route-announcer__" role="alert" style={hidden}>
          {message}
        </p>,
        host,
      )
    : null;
}
