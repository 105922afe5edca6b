declare module "next/compat/router" {
  import type { NextRouter } from "next/router";

  /** The router of the pages folder, or null where there is none. */
  export function useRouter(): NextRouter | null;
}
