/** `next/head`: tags for the document's head, from anywhere in a page. */
import { useContext, useLayoutEffect, useRef } from "react";
import type { ReactNode } from "react";
import { HeadManagerContext } from "./context";
import { setHead } from "./head-dom";
import { mergeHead } from "./head-elements";

/** Adds its children to the head; rules for duplicates: `mergeHead`. Renders nothing. */
export default function Head({ children }: { children?: ReactNode }): null {
  const manager = useContext(HeadManagerContext);
  if (typeof window === "undefined") {
    manager?.add?.(children);
    return null;
  }
  // Which side it runs on never changes, so the hooks below are always or never called.
  const owner = useRef({});
  useLayoutEffect(() => setHead(owner.current, children ?? null));
  useLayoutEffect(() => {
    const { current } = owner;
    return () => setHead(current, undefined);
  }, []);
  return null;
}

/** The tags every page has. */
export function defaultHead() {
  return mergeHead([]);
}
