/** `next/compat/router`: for components that render under either router. */
import { useContext } from "react";
import { RouterContext } from "../context";
import type { NextRouter } from "../context";

/** The router of the page, or null where there is none. */
export function useRouter(): NextRouter | null {
  return useContext(RouterContext);
}
