/**
 * The document around a page: <html>, <head>, scripts and __NEXT_DATA__.
 *
 * The app's HTML never goes through React a second time: the document is
 * rendered with marks in place of it and cut there. The built-in document says
 * the same for every request of a page except for head tags and data, so its
 * pieces are kept and a request only fills them.
 */
import { Fragment, createElement } from "react";
import type { ComponentType, ReactElement, ReactNode } from "react";
import BuiltinDocument, { escapeJSON } from "../next/document";
import { HtmlContext, MAIN_SLOT } from "../next/context";
import type { HtmlContextValue, NextData, ScriptProps } from "../next/context";
import { current, load, type Page } from "./app";
import { renderSync } from "./renderer";

/** What a document needs to know of the page it surrounds. */
export interface Sheet {
  page: Page;
  Document: ComponentType<any>;
  data: NextData;
  /** JSON of data.props, made once for document and data file. */
  propsJSON: string;
  asPath: string;
  head: ReactElement[];
  /** What goes to the end of <head>: the styles of CSS-in-JS packages. */
  styles: ReactNode;
  /** The app's HTML, #__next included. */
  body: string;
  dynamicIds: Set<string>;
  beforeInteractive: readonly ScriptProps[];
  nonce: string | undefined;
  /** What the document's own getInitialProps resolved to; undefined when it has none. */
  props: Record<string, unknown> | undefined;
}

interface Assets {
  scripts: string[];
  preload: string[];
  styles: string[];
  globalStyles: number;
  fonts: string[] | undefined;
}

interface Pieces {
  /** Up to and with "<head>". */
  open: string;
  /** From there to "</head>". */
  head: string;
  /** From there to the app. */
  start: string;
  /** From the app to the data. */
  body: string;
  /** From the data to the end; undefined when the document holds no data. */
  close: string | undefined;
}

/** Kept shells of one worker; more kinds than this and the oldest go. */
const maxKept = 1000;
const doctype = "<!DOCTYPE html>";

const assetsOf = new Map<string, Assets>();
const kept = new Map<string, Pieces>();
const warned = new Set<string>();
/** Stands for the data in a kept shell: no head tag or text of the page is in there yet, so nothing can be taken for it. */
const mark = "__onward_data__";

/** Forgets everything that came from an earlier Boot. */
export function resetShells(): void {
  assetsOf.clear();
  kept.clear();
  warned.clear();
}

/** The whole document as a string. */
export function document(sheet: Sheet): string {
  if (sheet.Document === BuiltinDocument && !sheet.nonce && sheet.beforeInteractive.length === 0 && sheet.head.every(movesToTop)) {
    return filled(pieces(sheet), sheet);
  }
  return rendered(sheet);
}

/**
 * React moves these to the top of <head>, in order, ahead of all others. So
 * their HTML can be made apart from the document's.
 */
function movesToTop({ type, props }: ReactElement<any>): boolean {
  if (props.itemProp !== undefined) return false;
  if (type === "title" || type === "meta") return true;
  return type === "link" && typeof props.rel === "string" && typeof props.href === "string" && !/stylesheet/i.test(props.rel) && !props.onLoad && !props.onError;
}

function filled({ open, head, start, body, close }: Pieces, sheet: Sheet): string {
  const before = open + headHTML(sheet.head) + head + stylesHTML(sheet.styles) + start + sheet.body + body;
  return close === undefined ? before : before + dataText(sheet) + close;
}

function stylesHTML(styles: ReactNode): string {
  return Array.isArray(styles) && styles.length === 0 ? "" : renderSync(createElement(Fragment, null, styles));
}

function headHTML(elements: ReactElement[]): string {
  let html = headsMade.get(elements);
  if (html === undefined) headsMade.set(elements, (html = renderSync(createElement(Fragment, null, elements))));
  return html;
}
/** Pages without head tags share one list. */
const headsMade = new WeakMap<ReactElement[], string>();

function pieces(sheet: Sheet): Pieces {
  const ids = sheet.dynamicIds.size ? [...sheet.dynamicIds].join("\n") : "";
  const key = `${sheet.page.route}\n${sheet.data.locale ?? ""}\n${ids}`;
  const known = kept.get(key);
  if (known) return known;
  const html = renderSync(provide(context({ ...sheet, head: [], styles: [] }, () => mark), sheet));
  const at = html.indexOf("<head>") + "<head>".length;
  const [beforeMain, afterMain] = cut(html);
  const end = beforeMain.lastIndexOf("</head>");
  const data = afterMain.indexOf(mark);
  const made: Pieces = {
    open: doctype + beforeMain.slice(0, at),
    head: beforeMain.slice(at, end),
    start: beforeMain.slice(end),
    body: data < 0 ? afterMain : afterMain.slice(0, data),
    close: data < 0 ? undefined : afterMain.slice(data + mark.length),
  };
  if (kept.size >= maxKept) kept.delete(kept.keys().next().value!);
  kept.set(key, made);
  return made;
}

/** A document that user code has a say in: rendered for each request. */
function rendered(sheet: Sheet): string {
  const value = context(sheet, () => dataText(sheet));
  const html = renderSync(provide(value, sheet));
  const missing = (["Html", "Head", "Main", "NextScript"] as const).filter((part) => !value.rendered[part]);
  if (missing.length && current().dev) {
    console.warn(
      `pages/_document does not render ${missing.map((part) => `<${part} />`).join(", ")}.\n` +
        "The page cannot work without; render each of Html, Head, Main and NextScript of next/document.",
    );
  }
  const [before, after] = cut(html);
  return (/^<!doctype/i.test(before) ? "" : doctype) + before + sheet.body + after;
}

/** Splits the document where <Main> stands. */
function cut(html: string): [string, string] {
  const at = html.indexOf(MAIN_SLOT);
  return at < 0 ? [html, ""] : [html.slice(0, at), html.slice(at + MAIN_SLOT.length)];
}

function provide(value: HtmlContextValue, { Document, props }: Sheet): ReactElement {
  return createElement(HtmlContext.Provider, { value }, createElement(Document, { ...value, ...props }));
}

function context(sheet: Sheet, nextDataText: () => string): HtmlContextValue {
  const { page, data, dynamicIds } = sheet;
  const boot = current();
  const assets = pageAssets(page);
  const dynamicScripts: string[] = [];
  const dynamicStyles: string[] = [];
  for (const id of dynamicIds) {
    const item = page.assets.dynamic?.[id] ?? boot.pages["/_app"]?.dynamic?.[id];
    if (!item) continue;
    for (const script of item.scripts) if (!dynamicScripts.includes(script)) dynamicScripts.push(script);
    for (const style of item.styles) if (!dynamicStyles.includes(style)) dynamicStyles.push(style);
  }
  return {
    __NEXT_DATA__: data,
    nextDataText,
    assetPrefix: boot.assetPrefix || boot.basePath,
    assetQuery: boot.deploymentId ? "?dpl=" + boot.deploymentId : "",
    deploymentId: boot.deploymentId,
    ...assets,
    dynamicScripts,
    dynamicStyles,
    manifestScripts: boot.manifestScripts,
    polyfills: boot.polyfills,
    head: sheet.head,
    beforeInteractive: sheet.beforeInteractive,
    styleElements: sheet.styles,
    crossOrigin: boot.crossOrigin,
    nonce: sheet.nonce,
    disableRuntimeJS: !boot.dev && page.config.unstable_runtimeJS === false,
    disableJsPreload: page.config.unstable_JsPreload === false,
    locale: data.locale,
    rendered: {},
  };
}

function pageAssets(page: Page): Assets {
  const known = assetsOf.get(page.route);
  if (known) return known;
  const boot = current();
  const app = boot.pages["/_app"] ?? { scripts: [], preload: [], styles: [] };
  const unique = (...lists: string[][]): string[] => [...new Set(lists.flat())];
  const scripts = unique(boot.mainScripts, app.scripts, page.assets.scripts);
  const made: Assets = {
    scripts,
    preload: unique(boot.mainPreload ?? [], app.preload, page.assets.preload).filter((file) => !scripts.includes(file)),
    styles: unique(app.styles, page.assets.styles),
    globalStyles: new Set(app.styles).size,
    fonts: app.fonts || page.assets.fonts ? unique(app.fonts ?? [], page.assets.fonts ?? []) : undefined,
  };
  assetsOf.set(page.route, made);
  return made;
}

/** JSON as the browser's `JSON.parse` gets it, safe between script tags. */
function dataText({ data, propsJSON, page, asPath }: Sheet): string {
  const { props: _, ...rest } = data;
  const json = `{"props":${propsJSON},${JSON.stringify(rest).slice(1)}`;
  warnOfSize(json, page.route, asPath);
  return escapeJSON(json);
}

function warnOfSize(json: string, route: string, asPath: string): void {
  const limit = current().largePageDataBytes;
  // No UTF-16 unit takes more than three bytes: most pages need no counting.
  if (!limit || json.length * 3 <= limit || warned.has(route)) return;
  const bytes = new TextEncoder().encode(json).length;
  if (bytes <= limit) return;
  if (!current().dev) warned.add(route);
  console.warn(
    `Warning: data for page "${route}"${route === asPath ? "" : ` (path "${asPath}")`} is ${kilobytes(bytes)}, ` +
      `more than ${kilobytes(limit)}; so much data makes the page slow.\n` +
      "It is sent twice, as HTML and as JSON: return only what the page shows from its data function.",
  );
}
function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toLocaleString("en-US", { maximumSignificantDigits: 3, useGrouping: false })} kB`;
}

/** The document component of the app. */
export function documentOf(): Page {
  return load("/_document");
}
