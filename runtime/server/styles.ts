/**
 * styled-jsx on the server: one registry of styles per request, whose styles go
 * into the document's head. The package comes with the app. It is evaluated when
 * a page first asks for it, so apps without it pay nothing.
 */
import { createElement } from "react";
import type { ComponentType, ReactElement, ReactNode } from "react";
import { registerModule } from "../platform/index";

/** The bundler's require: resolved and bundled at build. */
declare const require: (path: string) => any;

/** What styled-jsx exports, as far as it is used here. */
interface StyledJSX {
  createStyleRegistry(): StyleRegistry;
  StyleRegistry: ComponentType<{ registry: StyleRegistry; children?: ReactNode }>;
  style: unknown;
}
export interface StyleRegistry {
  styles(options?: { nonce?: string }): ReactElement[];
  flush(): void;
}

let loaded: StyledJSX | undefined;

function load(): StyledJSX {
  return (loaded ??= require("styled-jsx") as StyledJSX);
}

/** Makes styled-jsx reachable from pages. */
export function registerStyledJSX(): void {
  registerModule("styled-jsx", load);
  registerModule("styled-jsx/style", () => load().style);
}

/** The registry of one request; undefined when no page has asked for styled-jsx yet. */
export function styleRegistry(): StyleRegistry | undefined {
  return loaded?.createStyleRegistry();
}

/** Makes a tree's styles go into a registry. */
export function collectStyles(registry: StyleRegistry | undefined, tree: ReactElement): ReactElement {
  return registry && loaded ? createElement(loaded.StyleRegistry, { registry }, tree) : tree;
}

/** The style elements of what was rendered, each once; empties the registry. */
export function takeStyles(registry: StyleRegistry | undefined, nonce: string | undefined): ReactElement[] {
  if (!registry) return noStyles;
  const styles = registry.styles({ nonce });
  registry.flush();
  return styles;
}
const noStyles: ReactElement[] = [];
