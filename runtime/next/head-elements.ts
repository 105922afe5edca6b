/**
 * What the children of all <Head> on a page come to: one flat list of elements
 * without the duplicates that Next.js removes.
 */
import { Children, Fragment, cloneElement, createElement, isValidElement } from "react";
import type { ReactElement, ReactNode } from "react";

type HeadElement = ReactElement<Record<string, any>>;

/** meta attributes whose value names what the tag is about: the last one of a value wins. */
const metaNames = ["name", "httpEquiv", "itemProp"];

function defaults(): HeadElement[] {
  return [
    createElement("meta", { charSet: "utf-8" }),
    createElement("meta", { name: "viewport", content: "width=device-width" }),
  ];
}

function isElement(node: ReactNode): node is HeadElement {
  return isValidElement(node);
}

/** Elements of one <Head>; fragments are opened one level, text is dropped. */
function flatten(children: ReactNode): HeadElement[] {
  const out: HeadElement[] = [];
  Children.forEach(children, (child) => {
    if (!isElement(child)) return;
    if (child.type !== Fragment) out.push(child);
    else {
      Children.forEach(child.props.children, (inner) => {
        if (isElement(inner)) out.push(inner);
      });
    }
  });
  return out;
}

declare const process: { env: { NODE_ENV?: string } };

/** Tags that do not belong into next/head: they come too late there, or twice. */
function warnOfElement({ type, props }: HeadElement): void {
  if (type === "script" && props.type !== "application/ld+json") {
    const which = props.src ? `<script> tag with src="${props.src}"` : "inline <script>";
    console.warn(`Do not add <script> tags using next/head (see ${which}). Use next/script instead.`);
  } else if (type === "link" && props.rel === "stylesheet") {
    console.warn(`Do not add stylesheets using next/head (see <link rel="stylesheet"> tag with href="${props.href}"). Import the style sheet, or put the tag into pages/_document.`);
  }
}

/** Answers whether an element still counts; ask from last to first. */
function uniqueFilter(): (element: HeadElement) => boolean {
  const seen = new Set<string>();
  const first = (id: string) => !seen.has(id) && !!seen.add(id);
  return ({ type, key, props }) => {
    let unique = key === null || first("key:" + key);
    if (type === "title" || type === "base") return first("tag:" + type) && unique;
    if (type !== "meta") return unique;
    if ("charSet" in props) unique = first("charSet") && unique;
    for (const name of metaNames) {
      if (!(name in props)) continue;
      const fresh = first(name + ":" + props[name]);
      // A name with a key of its own stays beside others of that name.
      if (name !== "name" || key === null) unique = fresh && unique;
    }
    return unique;
  };
}

/**
 * Merges the children of every <Head>, in render order. Later tags replace
 * earlier ones: title, base, meta charSet, meta of the same name, httpEquiv or
 * itemProp, and any tags with the same key. The result carries
 * data-next-head="" and keys of its own.
 */
export function mergeHead(heads: Iterable<ReactNode>): ReactElement[] {
  const all = defaults();
  for (const children of heads) all.push(...flatten(children));
  if (process.env.NODE_ENV === "development") all.forEach(warnOfElement);
  const unique = uniqueFilter();
  return all
    .reverse()
    .filter(unique)
    .reverse()
    .map((element, i) => cloneElement(element, { key: i, "data-next-head": "" }));
}
