/**
 * What the router and the development client know of each other. Only types:
 * the client is a script of its own (index.ts), which production lacks.
 */
import type { BuildManifest } from "../page-loader";
import type { Info, Kind } from "./problems";

/** The running app, as the development client sees it. */
export interface DevApp {
  /** Pattern of the page that is shown: "/posts/[id]", "/404". */
  route(): string;
  /** The path that is shown, without basePath, locale and query. */
  path(): string;
  /** Modules ran again: pages are taken from their new namespaces. False when only a new document helps. */
  updated(): boolean;
  /** Fetches the data of the page that is shown and renders it. */
  refreshData(): void;
  /** These pages are gone. */
  forget(routes: string[]): void;
}

/** Parts of `self.__onward` for the router. */
export interface DevClient {
  /** The app is on the screen. */
  attach(app: DevApp): void;
  /** Another page is about to be shown, or the same with other data. */
  navigated(): void;
  /** Shows an error over the page. */
  report(kind: Kind, error: unknown, info?: Info): void;
  /** React's captureOwnerStack: who made the element that React is at work on. */
  ownerStack?: () => string | null;
  /** Shows why the server could not make the data of the page, over the page as it is. False when it does not know. */
  explain(): Promise<boolean>;
  /** Runs a script of the server. */
  script(url: string): Promise<void>;
  /** URLs of the stylesheets of a page whose script has run. */
  stylesOf(route: string): string[];
  /** Whether two URLs are versions of the same stylesheet. */
  isSameStyle(a: string, b: string): boolean;
  /** Whether React takes one component for a newer version of the other. */
  isSameComponent(a: unknown, b: unknown): boolean;
}

declare global {
  interface Window {
    __onward?: DevClient;
    __BUILD_MANIFEST?: BuildManifest;
  }
}
