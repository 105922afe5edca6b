/** Which stylesheets the document has: those of the modules that the app, the page and lazy chunks consist of. */
import type { StyleUpdate } from "./protocol";
import type { Registry } from "./registry";
import { escapeId } from "./scripts";
import { addStyles, removeStyle, stylesReached, updateStyles } from "./styles";

export interface Sheets {
  /** URLs of the stylesheets of a module and of all that it imports, in their order. */
  of(module: string): string[];
  /** Remembers new versions. */
  learn(styles: readonly StyleUpdate[]): void;
  /**
   * Brings the document up to date: `styles` are new versions, `change` applies
   * new code; `moved`: with other imports. Resolves when all rules are there. The
   * answer takes away those that nothing wants any more.
   */
  follow(styles: readonly StyleUpdate[], moved: boolean, change: () => void): Promise<() => void>;
}

/** What the document shows: modules, with the attribute that the links of their styles bear. */
export type Roots = () => Iterable<readonly [module: string, mark: string | undefined]>;

export function createSheets(registry: Registry, assets: URL, roots: Roots): Sheets {
  /** The newest URLs by the ids of stylesheets, as far as updates told. */
  const hrefs = new Map<string, string>();
  const hrefOf = (id: string) => hrefs.get(id) ?? new URL(`static/css/${escapeId(id)}.css`, assets).pathname;

  function shown(): Map<string, string | undefined> {
    const marks = new Map<string, string | undefined>();
    for (const [module, mark] of roots()) {
      for (const id of stylesReached(module, registry.definitions)) if (!marks.has(id)) marks.set(id, mark);
    }
    return marks;
  }

  function learn(styles: readonly StyleUpdate[]): void {
    for (const { id, href } of styles) hrefs.set(id, href);
  }

  return {
    of: (module) => stylesReached(module, registry.definitions).map(hrefOf),
    learn,
    async follow(styles, moved, change) {
      learn(styles);
      // Looking through all modules takes its time, so only where that may matter.
      const before = moved ? shown() : undefined;
      change();
      const after = moved ? shown() : undefined;
      if (styles.length) await updateStyles(styles);
      if (!before || !after) return () => {};
      if ([...after.keys()].some((id) => !before.has(id))) {
        const marks = new Map([...after].map(([id, mark]) => [hrefOf(id), mark]));
        await addStyles([...marks.keys()], (href) => marks.get(href));
      }
      return () => {
        for (const id of before.keys()) if (!after.has(id)) removeStyle(hrefOf(id));
      };
    },
  };
}
