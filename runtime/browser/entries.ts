/** Page entries: scripts of the build that register their page in `self.__NEXT_P`. */
import type { ComponentType } from "react";
import type { InitialPropsHolder } from "../next/initial-props";

/** Namespace of a page's module; the compiler leaves the flags in place of data functions. */
export interface PageModule {
  default: ComponentType<any> & InitialPropsHolder;
  __N_SSG?: boolean;
  __N_SSP?: boolean;
  reportWebVitals?: (metric: unknown) => void;
}
type Entry = [route: string, module: () => PageModule];

declare global {
  interface Window {
    __NEXT_P?: Entry[] | { push(entry: Entry): void };
  }
}

/** Route → its module; set when the page's script has run. */
export const registered = new Map<string, () => PageModule>();
const awaited = new Map<string, (module: PageModule) => void>();

/** Takes over the list that page entries push themselves to. */
export function takeEntries(): void {
  const register = ([route, module]: Entry) => {
    registered.set(route, module);
    awaited.get(route)?.(module());
    awaited.delete(route);
  };
  const early = self.__NEXT_P;
  self.__NEXT_P = { push: register };
  if (Array.isArray(early)) early.forEach(register);
}

/** The module of a page whose script is part of the document. */
export function entryOf(route: string): Promise<PageModule> {
  const found = registered.get(route);
  return found ? Promise.resolve(found()) : new Promise((resolve) => awaited.set(route, resolve));
}
