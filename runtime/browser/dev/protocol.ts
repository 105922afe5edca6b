/** What the development server and the browser say to each other over the WebSocket. The Go half is cli/dev. */
import type { BuildManifest } from "../page-loader";
import type { Problem, Settings } from "./problems";

/** A module with new code. */
export interface ModuleUpdate {
  id: string;
  version: number;
  /** Ids of the modules that its code requires. */
  imports: string[];
  /** A function expression (module, exports, require) with a sourceURL behind it. */
  code: string;
}

/** A stylesheet with new rules. */
export interface StyleUpdate {
  id: string;
  /** URL path, with a query that no earlier text of the sheet had. */
  href: string;
}

export interface Update {
  generation: number;
  modules?: ModuleUpdate[];
  styles?: StyleUpdate[];
  /** Modules that nothing imports any more, or whose file is gone. */
  gone?: string[];
}

export interface Hello {
  /** Drawn when the server starts. */
  session: string;
  generation: number;
  problems?: Problem[];
  /** What next.config says about indicators and the log. */
  settings?: Settings;
  /** Every browser module that changed since the server started, and the version it has now. */
  versions?: Record<string, number>;
  /** Every stylesheet that changed since the server started, as it is now. */
  styles?: StyleUpdate[];
}

export type ServerMessage =
  | ({ type: "hello" } & Hello)
  | ({ type: "update" } & Update)
  | { type: "data"; routes: string[] }
  | { type: "reload"; reason: string }
  | { type: "pages"; manifest: BuildManifest }
  | { type: "problems"; problems: Problem[] }
  | { type: "busy"; busy: boolean };

export type BrowserMessage =
  | { type: "page"; route: string; session: string; generation: number }
  | { type: "log"; level: string; text: string; stack?: string };
