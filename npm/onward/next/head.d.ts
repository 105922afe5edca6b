declare module "next/head" {
  import type { JSX, ReactNode } from "react";

  /** Puts its children into the document's head. */
  export default function Head(props: { children: ReactNode }): JSX.Element;

  /** What every page has there. */
  export function defaultHead(): JSX.Element[];
}
