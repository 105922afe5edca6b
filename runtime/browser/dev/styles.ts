/** Stylesheets that change while the page is shown. */
import type { StyleUpdate } from "./protocol";

/** How long an update waits for a stylesheet, in milliseconds. */
const patience = 3000;

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

/**
 * Applies new versions of stylesheets; one that the page does not have is added
 * if `wanted` says so. Resolves when all are there, or when that takes too long.
 */
export async function updateStyles(styles: StyleUpdate[], wanted: (id: string) => boolean): Promise<void> {
  const waiting: Promise<void>[] = [];
  for (const { id, href } of styles) {
    const old = linksOf(href);
    for (const link of old) if (link.href !== new URL(href, location.href).href) waiting.push(replace(link, href));
    if (!old.length && wanted(id)) waiting.push(addStyle(href));
  }
  await withPatience(waiting);
}

/** Adds stylesheets that the page does not have, behind the others. */
export async function addStyles(hrefs: readonly string[]): Promise<void> {
  await withPatience(hrefs.filter((href) => !linksOf(href).length).map((href) => addStyle(href)));
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

function addStyle(href: string): Promise<void> {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = href;
  link.setAttribute("data-n-p", "");
  const last = [...document.querySelectorAll("head link[rel=stylesheet]")].at(-1);
  const loaded = settled(link);
  if (last) last.after(link);
  else document.head.append(link);
  return loaded;
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
