/** Stylesheets that change while the page is shown. */
import type { StyleUpdate } from "./protocol";
import type { Definition } from "./registry";

/** How long an update waits for a stylesheet, in milliseconds. */
const patience = 3000;

/** The stylesheet that comes with a module, by its id; undefined for most modules. */
function styleOf(id: string): string | undefined {
  if (id.startsWith("onward-font:")) return id.replace(":", "-css:");
  return /\.(?:css|scss|sass)$/.test(id) && !/^[\w-]+:/.test(id) ? id : undefined;
}

/** The stylesheets of a module and of all that it imports, in their order. */
export function stylesReached(root: string, definitions: ReadonlyMap<string, Definition>): string[] {
  const seen = new Set<string>();
  const styles = new Set<string>();
  const visit = (id: string) => {
    if (seen.has(id)) return;
    seen.add(id);
    definitions.get(id)?.imports.forEach(visit);
    const style = styleOf(id);
    if (style !== undefined) styles.add(style);
  };
  visit(root);
  return [...styles];
}

/** The path of a stylesheet's URL: the same for every version of it. */
export function stylePath(href: string): string {
  return new URL(href, location.href).pathname;
}

/** The links of a stylesheet. */
function linksOf(href: string): HTMLLinkElement[] {
  const path = stylePath(href);
  return [...document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet][href]")].filter(
    (link) => stylePath(link.href) === path && !replaced.has(link),
  );
}

/** Links that go as soon as their successor is there. */
const replaced = new WeakSet<HTMLLinkElement>();

/** Applies new versions of the stylesheets that the page has. Resolves when all are there, or when that takes too long. */
export async function updateStyles(styles: readonly StyleUpdate[]): Promise<void> {
  const waiting: Promise<void>[] = [];
  for (const { href } of styles) {
    const url = new URL(href, location.href).href;
    for (const link of linksOf(href)) if (link.href !== url) waiting.push(replace(link, href));
  }
  await withPatience(waiting);
}

/**
 * Adds those of some stylesheets that the page does not have, in their places
 * among the others. `mark` gives the attribute by which the router knows whose
 * they are: data-n-g of the app, data-n-p of the page, none of what was loaded
 * on demand, which stays.
 */
export async function addStyles(hrefs: readonly string[], mark?: (href: string) => string | undefined): Promise<void> {
  const waiting: Promise<void>[] = [];
  let last: HTMLLinkElement | undefined;
  for (const href of hrefs) {
    const links = linksOf(href);
    if (links.length) {
      last = links.at(-1);
      continue;
    }
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    const attribute = mark?.(href);
    if (attribute) link.setAttribute(attribute, "");
    waiting.push(settled(link));
    const next = last ? undefined : hrefs.flatMap(linksOf)[0];
    if (next) next.before(link);
    else {
      last ??= [...document.querySelectorAll<HTMLLinkElement>("head link[rel=stylesheet]")].at(-1);
      if (last) last.after(link);
      else document.head.append(link);
    }
    last = link;
  }
  await withPatience(waiting);
}

export function removeStyle(href: string): void {
  for (const link of linksOf(href)) link.remove();
}

async function withPatience(waiting: Promise<void>[]): Promise<void> {
  if (!waiting.length) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, patience)));
  await Promise.race([Promise.all(waiting), late]);
  clearTimeout(timer);
}

/** The old rules stay until the new ones are there: nothing flashes. */
function replace(link: HTMLLinkElement, href: string): Promise<void> {
  const next = link.cloneNode() as HTMLLinkElement;
  next.href = href;
  const loaded = settled(next).then(() => {
    // The router may have switched to another page's styles meanwhile.
    next.media = link.media;
    link.remove();
  });
  replaced.add(link);
  link.after(next);
  return loaded;
}

function settled(link: HTMLLinkElement): Promise<void> {
  return new Promise((resolve) => {
    link.onload = link.onerror = () => resolve();
  });
}
