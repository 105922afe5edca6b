/** `next/script`: third-party scripts, loaded once and at the right time. */
import { useContext, useEffect, useRef } from "react";
import type { ReactElement, ScriptHTMLAttributes } from "react";
import { clientConfig } from "./client-config";
import { HeadManagerContext } from "./context";
import type { ScriptProps as ScriptData } from "./context";
import singleton from "./router";

export interface ScriptProps extends ScriptHTMLAttributes<HTMLScriptElement> {
  /**
   * Default "afterInteractive". "worker" is for Partytown, which the app brings
   * along; with experimental.nextScriptWorkers it is as "afterInteractive".
   */
  strategy?: "afterInteractive" | "lazyOnload" | "beforeInteractive" | "worker";
  /** Needed by inline scripts, so that they run once. */
  id?: string;
  onLoad?: (event: any) => void;
  /** After the first load and each time the component mounts again. */
  onReady?: () => void | null;
  onError?: (event: any) => void;
  children?: React.ReactNode;
  stylesheets?: string[];
}

/** src → its load; shared by all <Script> of the same src. */
const loads = new Map<string, Promise<unknown>>();
/** id or src of every script that was started. */
const started = new Set<string>();

const ownProps = new Set([
  "onLoad",
  "onReady",
  "dangerouslySetInnerHTML",
  "children",
  "onError",
  "strategy",
  "stylesheets",
]);
const attributeNames: Record<string, string> = {
  acceptCharset: "accept-charset",
  className: "class",
  htmlFor: "for",
  httpEquiv: "http-equiv",
  noModule: "noModule",
};

/** Sets attributes as React would on a script element. */
function setAttributes(el: HTMLScriptElement, props: object): void {
  for (const [name, value] of Object.entries(props)) {
    if (ownProps.has(name) || value === undefined) continue;
    const attribute = attributeNames[name] ?? name.toLowerCase();
    const boolean = attribute === "async" || attribute === "defer" || attribute === "noModule";
    if (boolean) {
      (el as any)[attribute] = !!value;
      // A script made by code is async unless told otherwise, attribute or not.
      if (!value) {
        el.setAttribute(attribute, "");
        el.removeAttribute(attribute);
      }
    } else if (value !== false) el.setAttribute(attribute, String(value));
  }
}

/** Nonce of the document's own scripts, which its content security policy allows. */
function pageNonce(): string | undefined {
  return document.querySelector<HTMLElement>("script[nonce]")?.nonce || undefined;
}

function addStyles(stylesheets: string[] | undefined, nonce: string | undefined): void {
  for (const href of stylesheets ?? []) {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    if (nonce) link.nonce = nonce;
    document.head.append(link);
  }
}

function load(props: ScriptProps): void {
  const {
    src,
    id,
    onLoad,
    onReady,
    onError,
    children = "",
    strategy = "afterInteractive",
    stylesheets,
  } = props;
  const inner = props.dangerouslySetInnerHTML as { __html: string } | undefined;
  const key = id || src;
  if (key && started.has(key)) return;
  if (src && loads.has(src)) {
    if (key) started.add(key);
    loads.get(src)!.then(onLoad, onError ?? (() => {}));
    return;
  }
  const done = () => {
    onReady?.();
    if (key) started.add(key);
  };
  const el = document.createElement("script");
  const loading = new Promise<unknown>((resolve, reject) => {
    el.addEventListener("load", function (event) {
      resolve(event);
      onLoad?.call(this, event);
      done();
    });
    el.addEventListener("error", reject);
  });
  loading.catch((event) => onError?.(event));
  if (inner) {
    el.innerHTML = inner.__html ?? "";
    done();
  } else if (children) {
    el.textContent = Array.isArray(children) ? children.join("") : String(children);
    done();
  } else if (src) {
    el.src = src;
    loads.set(src, loading);
  }
  setAttributes(el, props);
  const nonce = props.nonce || pageNonce();
  if (nonce) el.setAttribute("nonce", nonce);
  if (strategy === "worker" && !clientConfig().nextScriptWorkers) el.setAttribute("type", "text/partytown");
  el.setAttribute("data-nscript", strategy);
  addStyles(stylesheets, nonce);
  document.body.append(el);
}

/** Nothing runs such a script; the markup that later pages get is for those who bring Partytown along themselves. */
function reportWorker(props: ScriptProps): void {
  console.error(
    `<Script strategy="worker"> of ${props.src ?? props.id ?? "an inline script"} does not run: set experimental.nextScriptWorkers in next.config, or choose another strategy.`,
  );
  const { components, route } = (singleton.router ?? {}) as Partial<Router>;
  if (!(route && components?.[route]?.initial)) load(props);
}

interface Router {
  route: string;
  /** Pages that were shown; `initial` for the one of the document. */
  components: Record<string, { initial?: true }>;
}

function whenIdle(run: () => void): void {
  if (window.requestIdleCallback) window.requestIdleCallback(run);
  else setTimeout(run, 1);
}

/** Loads a script as its strategy says. */
export function handleClientScriptLoad(props: ScriptProps): void {
  if (props.strategy !== "lazyOnload") load(props);
  else if (document.readyState === "complete") whenIdle(() => load(props));
  else window.addEventListener("load", () => whenIdle(() => load(props)));
}

/** Starts the scripts of the document; those in the HTML count as loaded. */
export function initScriptLoader(scripts: ScriptData[]): void {
  for (const script of scripts) handleClientScriptLoad(script as ScriptProps);
  for (const el of document.querySelectorAll<HTMLScriptElement>(
    '[data-nscript="beforeInteractive"],[data-nscript="beforePageRender"]',
  )) {
    const key = el.id || el.getAttribute("src");
    if (key) started.add(key);
  }
}

/** A script; renders nothing. */
function Script(props: ScriptProps): ReactElement | null {
  const { id, src = "", strategy = "afterInteractive", onReady } = props;
  const manager = useContext(HeadManagerContext);
  if (typeof window === "undefined") {
    if (strategy === "beforeInteractive") manager?.beforeInteractive?.(props as ScriptData);
    return null;
  }
  // Which side it runs on never changes, so the hooks below are always or never called.
  const ready = useRef(false);
  useEffect(() => {
    const key = id || src;
    // Loaded before: tell each new mount, once.
    if (!ready.current) {
      ready.current = true;
      if (onReady && key && started.has(key)) onReady();
    }
  }, [onReady, id, src]);
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    // In the HTML of the first page already (initScriptLoader); later pages load it now.
    if (strategy === "beforeInteractive") load(props);
    else if (strategy === "worker" && !clientConfig().nextScriptWorkers) reportWorker(props);
    else handleClientScriptLoad({ ...props, strategy });
  }, [props, strategy]);
  return null;
}
Object.defineProperty(Script, "__nextScript", { value: true });

export default Script;
