/** next/head in the browser: keeps the tags of all mounted <Head> in the document. */
import type { ReactElement, ReactNode } from "react";
import { mergeHead } from "./head-elements";

const attributeNames: Record<string, string> = {
  acceptCharset: "accept-charset",
  className: "class",
  htmlFor: "for",
  httpEquiv: "http-equiv",
  noModule: "nomodule",
};

function text(children: unknown): string {
  return Array.isArray(children) ? children.join("") : children == null ? "" : String(children);
}

function elementOf({ type, props }: ReactElement<any>): HTMLElement {
  const el = document.createElement(type as string);
  for (const [name, value] of Object.entries(props)) {
    if (name === "children" || name === "dangerouslySetInnerHTML" || value == null || value === false)
      continue;
    const attribute = attributeNames[name] ?? name.toLowerCase();
    if (el instanceof HTMLScriptElement && (name === "async" || name === "defer" || name === "noModule")) {
      (el as any)[name] = !!value;
    } else el.setAttribute(attribute, value === true && name !== "data-next-head" ? "" : String(value));
  }
  const inner = props.dangerouslySetInnerHTML as { __html?: string } | undefined;
  if (inner) el.innerHTML = inner.__html || "";
  else if (props.children) el.textContent = text(props.children);
  return el;
}

/** Browsers hide nonces from isEqualNode. */
function isEqual(old: Element, wanted: HTMLElement): boolean {
  const nonce = wanted.getAttribute("nonce");
  if (nonce && !old.getAttribute("nonce")) {
    const copy = wanted.cloneNode(true) as HTMLElement;
    copy.setAttribute("nonce", "");
    copy.nonce = nonce;
    return nonce === (old as HTMLElement).nonce && old.isEqualNode(copy);
  }
  return old.isEqualNode(wanted);
}

function apply(elements: ReactElement<any>[]): void {
  const { head } = document;
  let title = "";
  const old = new Set(head.querySelectorAll("[data-next-head]"));
  for (const element of elements) {
    if (element.type === "title") {
      title = text(element.props.children);
      continue;
    }
    // A component among the tags is rendered on the server only, as in the reference.
    if (typeof element.type !== "string") continue;
    const wanted = elementOf(element);
    const same = [...old].find((el) => isEqual(el, wanted));
    if (same) old.delete(same);
    else if (wanted.getAttribute("charset") !== null) head.prepend(wanted);
    else head.append(wanted);
  }
  for (const el of old) if (el.tagName !== "TITLE") el.remove();
  if (title !== document.title) document.title = title;
}

/** Children of each mounted <Head>, in order of mounting. */
const mounted = new Map<object, ReactNode>();
let scheduled = false;

/** Sets what a <Head> contributes; undefined takes it away. Changes of one commit are applied together. */
export function setHead(owner: object, children: ReactNode | undefined): void {
  if (children === undefined) mounted.delete(owner);
  else mounted.set(owner, children);
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    apply(mergeHead(mounted.values()));
  });
}
