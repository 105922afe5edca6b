/** `next/head`: tags for the document's head, from anywhere in a page. */
import { useContext, useLayoutEffect, useRef } from "react";
import type { ReactNode } from "react";
import { HeadManagerContext } from "./context";
import { mergeHead } from "./head-elements";

/** Adds its children to the head; rules for duplicates: `mergeHead`. Renders nothing. */
export default function Head({ children }: { children?: ReactNode }): null {
  const manager = useContext(HeadManagerContext);
  if (typeof window === "undefined") {
    manager?.add?.(children);
    return null;
  }
  // Which side it runs on never changes, so the hooks below are always or never called.
  const update = useRef<(children: ReactNode | undefined) => void>(undefined);
  useLayoutEffect(() => {
    update.current = manager?.mount?.();
    return () => update.current?.(undefined);
  }, [manager]);
  useLayoutEffect(() => update.current?.(children ?? null));
  return null;
}

/** The tags every page has. */
export function defaultHead() {
  return mergeHead([]);
}
