/** `next/link`: an anchor that navigates without loading a document. */
import { Children, cloneElement, forwardRef, useCallback, useContext, useEffect, useRef } from "react";
import type { AnchorHTMLAttributes, MouseEvent, ReactElement, ReactNode, Ref, TouchEvent } from "react";
import { clientConfig } from "./client-config";
import { RouterContext } from "./context";
import type { NextRouter, Url } from "./context";
import { addLocale } from "./locale";
import { addBasePath } from "./path";
import { domainHref, formatHref, isAbsoluteUrl, isLocalUrl, resolveHref } from "./url";

/** Event given to onNavigate. */
export interface NavigateEvent {
  preventDefault(): void;
}

interface OwnLinkProps {
  /** Where to: a path, a URL, or an object whose query fills a dynamic pathname. */
  href: Url;
  /** What the address bar shows instead. */
  as?: Url;
  /** Replace the history entry; default false. */
  replace?: boolean;
  /** Scroll to the top, or to the hash; default true. */
  scroll?: boolean;
  /** Change the URL without running data functions; default false. */
  shallow?: boolean;
  /** false: only on hover and touch. Default: also when the link is near the viewport. */
  prefetch?: boolean | "auto" | null;
  /** Another locale; false: the href has it already. */
  locale?: string | false;
  /** Pass props to the one child instead of rendering an anchor. */
  legacyBehavior?: boolean;
  /** With legacyBehavior: give href to a child that is not an anchor. */
  passHref?: boolean;
  /** Called before a client navigation. */
  onNavigate?(event: NavigateEvent): void;
}
export type LinkProps = OwnLinkProps &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof OwnLinkProps> & { children?: ReactNode };

/** What was prefetched since the page was loaded: href, as, locale and strength. */
const prefetched = new Set<string>();
const maxPrefetched = 2000;

function prefetch(
  router: NextRouter,
  href: string,
  as: string,
  locale: string | false | undefined,
  priority: boolean,
): void {
  if (typeof window === "undefined" || !isLocalUrl(href)) return;
  if (!priority) {
    const id = `${href}%${as}%${locale ?? router.locale}`;
    if (prefetched.has(id)) return;
    // Forgetting some only means to ask for them once more.
    if (prefetched.size >= maxPrefetched) prefetched.clear();
    prefetched.add(id);
  }
  // A prefetch that fails costs nothing: the click will load the page.
  router.prefetch(href, as, { locale, priority }).catch(() => {});
}

// One observer for all links; 200 px ahead of the viewport.
let observer: IntersectionObserver | undefined;
const watched = new WeakMap<Element, () => void>();

function watch(element: Element, seen: () => void): () => void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        const call = watched.get(entry.target);
        unwatch(entry.target);
        call?.();
      }
    },
    { rootMargin: "200px" },
  );
  watched.set(element, seen);
  observer.observe(element);
  return () => unwatch(element);
}

function unwatch(element: Element): void {
  watched.delete(element);
  observer?.unobserve(element);
}

function leavesPage(event: MouseEvent<Element>): boolean {
  const target = (event.currentTarget as Element).getAttribute("target");
  return (
    (!!target && target !== "_self") ||
    event.metaKey ||
    event.ctrlKey ||
    event.shiftKey ||
    event.altKey ||
    event.nativeEvent?.button === 1
  );
}

function checkProps(props: Record<string, unknown>): void {
  const fail = (name: string, expects: string) => {
    throw new Error(
      `Failed prop type: The prop \`${name}\` expects a ${expects} in \`<Link>\`, but got \`${props[name] === null ? "null" : typeof props[name]}\` instead.`,
    );
  };
  if (!props.href || (typeof props.href !== "string" && typeof props.href !== "object")) {
    fail("href", "`string` or `object`");
  }
  const kinds: Record<string, string[]> = {
    as: ["string", "object"],
    locale: ["string", "boolean"],
    onClick: ["function"],
    onMouseEnter: ["function"],
    onTouchStart: ["function"],
    onNavigate: ["function"],
    replace: ["boolean"],
    scroll: ["boolean"],
    shallow: ["boolean"],
    passHref: ["boolean"],
    legacyBehavior: ["boolean"],
  };
  for (const [name, types] of Object.entries(kinds)) {
    if (props[name] && !types.includes(typeof props[name]))
      fail(name, types.map((t) => `\`${t}\``).join(" or "));
  }
  const { prefetch: p } = props;
  if (p != null && typeof p !== "boolean" && p !== "auto") fail("prefetch", '`boolean` or `"auto"`');
}

/** React's own complaint does not say which link it is about. */
function checkOnlyChild({ href, children }: LinkProps): void {
  const count = Children.count(children);
  if (count === 1) return;
  const which = `<Link legacyBehavior> with href "${typeof href === "string" ? href : formatHref(href)}"`;
  throw new Error(count ? `${which} has ${count} children, and must have one.` : `${which} has no children, and must have one.`);
}

declare const process: { env: { NODE_ENV?: string } };

function setRef(ref: Ref<any> | undefined, value: Element | null): unknown {
  if (typeof ref === "function") return ref(value);
  if (ref) ref.current = value;
}

const Link = forwardRef<HTMLAnchorElement, LinkProps>(function Link(props, forwarded): ReactElement {
  if (process.env.NODE_ENV !== "production") checkProps(props as unknown as Record<string, unknown>);
  const {
    href: hrefProp,
    as: asProp,
    children: childrenProp,
    prefetch: prefetchProp = null,
    passHref,
    replace,
    shallow,
    scroll,
    locale,
    onClick,
    onNavigate,
    onMouseEnter,
    onTouchStart,
    legacyBehavior = false,
    ...rest
  } = props;
  const router = useContext(RouterContext);

  let href = formatHref(hrefProp);
  let as = asProp ? formatHref(asProp) : href;
  if (router) {
    const [resolved, shown] = resolveHref(router, hrefProp);
    href = resolved;
    as = asProp ? resolveHref(router, asProp)[0] : (shown ?? resolved);
  }

  let child: any;
  if (legacyBehavior) {
    const text = typeof childrenProp === "string" || typeof childrenProp === "number";
    if (process.env.NODE_ENV === "development") checkOnlyChild(props);
    child = Children.only(text ? <a>{childrenProp}</a> : childrenProp);
  } else if (
    process.env.NODE_ENV === "development" &&
    (childrenProp as ReactElement | undefined)?.type === "a"
  ) {
    throw new Error(
      "<Link> has an <a> as its child. Remove the <a>, or set legacyBehavior on the link (to be removed some day).",
    );
  }

  let shownHref: string | undefined;
  if (isAbsoluteUrl(as)) shownHref = as;
  else if (!legacyBehavior || passHref || (child.type === "a" && !("href" in child.props))) {
    const wanted = locale !== undefined ? locale : router?.locale;
    shownHref =
      (router?.isLocaleDomain && domainHref(as, wanted, router.locales, router.domainLocales)) ||
      addBasePath(addLocale(as, wanted, router?.defaultLocale));
  }
  // Where nobody clicks, the anchor is all; a page may hold thousands.
  if (typeof window === "undefined" && !legacyBehavior) {
    return (
      <a {...rest} href={shownHref}>
        {childrenProp}
      </a>
    );
  }

  // The observer is set up again when what it would prefetch changes.
  const latest = useRef({ router, href, as, locale });
  latest.current = { router, href, as, locale };
  const inViewport = prefetchProp !== false && process.env.NODE_ENV === "production";
  const element = useRef<Element | null>(null);
  useEffect(() => {
    // A fragment or a class component as the child hands over no element.
    if (!inViewport || !router || !(element.current instanceof Element)) return;
    return watch(element.current, () => {
      const now = latest.current;
      if (now.router) prefetch(now.router, now.href, now.as, now.locale, false);
    });
    // The router object changes with every navigation, what counts is whether there is one, and its locale, which is
    // that of a link without one.
  }, [inViewport, !router, router?.locale, href, as, locale]);

  const outerRef: Ref<any> | undefined = legacyBehavior ? child.props.ref : forwarded;
  const ref = useCallback(
    (node: Element | null) => {
      element.current = node;
      const cleanup = setRef(outerRef, node);
      return () => {
        element.current = null;
        // What a ref answers need not be a cleanup: `(node) => (this.node = node)`.
        if (typeof cleanup === "function") cleanup();
        else setRef(outerRef, null);
      };
    },
    [outerRef],
  );

  const hover = () =>
    router && process.env.NODE_ENV === "production" && prefetch(router, href, as, locale, true);

  const childProps: Record<string, unknown> = {
    ref,
    onClick(event: MouseEvent<HTMLAnchorElement>) {
      if (legacyBehavior) child.props.onClick?.(event);
      else onClick?.(event);
      if (!router || event.defaultPrevented) return;
      const anchor = event.currentTarget;
      const isAnchor = anchor.nodeName.toUpperCase() === "A";
      if ((isAnchor && leavesPage(event)) || anchor.hasAttribute("download")) return;
      if (!isLocalUrl(href)) {
        if (replace) {
          event.preventDefault();
          location.replace(href);
        }
        return;
      }
      event.preventDefault();
      let stop = false;
      onNavigate?.({ preventDefault: () => (stop = true) });
      if (stop) return;
      router[replace ? "replace" : "push"](href, as, { shallow, locale, scroll: scroll ?? true });
    },
    onMouseEnter(event: MouseEvent<HTMLAnchorElement>) {
      if (legacyBehavior) child.props.onMouseEnter?.(event);
      else onMouseEnter?.(event);
      hover();
    },
  };
  if (!clientConfig().linkNoTouchStart) {
    childProps.onTouchStart = (event: TouchEvent<HTMLAnchorElement>) => {
      if (legacyBehavior) child.props.onTouchStart?.(event);
      else onTouchStart?.(event);
      hover();
    };
  }

  if (shownHref !== undefined) childProps.href = shownHref;

  return legacyBehavior ? (
    cloneElement(child, childProps)
  ) : (
    <a {...rest} {...childProps}>
      {childrenProp}
    </a>
  );
});

export default Link;

/** Whether a navigation is under way; always false in pages, which have no pending state. */
export function useLinkStatus(): { pending: boolean } {
  return { pending: false };
}
