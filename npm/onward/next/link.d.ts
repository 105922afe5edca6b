declare module "next/link" {
  import type {
    AnchorHTMLAttributes,
    ForwardRefExoticComponent,
    MouseEventHandler,
    ReactNode,
    RefAttributes,
    TouchEventHandler,
  } from "react";
  import type { UrlObject } from "url";

  export interface LinkProps<Path = any> {
    /** Where to: a path, an address, or its parts. */
    href: string | UrlObject;
    /** The path to show in place of href. */
    as?: string | UrlObject;
    /** Take the place of the current entry of the history. */
    replace?: boolean;
    /** Scroll to the top, or to the fragment; default true. */
    scroll?: boolean;
    /** Change the address without asking for data. */
    shallow?: boolean;
    /** Pass href on to the child, with legacyBehavior. */
    passHref?: boolean;
    /** Load the page before it is asked for: true when the link is seen, false only on hover. */
    prefetch?: boolean | "auto" | null;
    /** The language of the page; false: href has it already. */
    locale?: string | false;
    /** The child is the anchor, as before version 13. */
    legacyBehavior?: boolean;
    onMouseEnter?: MouseEventHandler<HTMLAnchorElement>;
    onTouchStart?: TouchEventHandler<HTMLAnchorElement>;
    onClick?: MouseEventHandler<HTMLAnchorElement>;
    /** Called before the router goes; preventDefault keeps it. */
    onNavigate?: (event: { preventDefault: () => void }) => void;
    transitionTypes?: string[];
  }

  /** An anchor whose page the router opens without loading a document. */
  const Link: ForwardRefExoticComponent<
    Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof LinkProps> &
      LinkProps & { children?: ReactNode | undefined } & RefAttributes<HTMLAnchorElement>
  >;
  export default Link;

  /** Within a Link: whether its page is being opened. */
  export function useLinkStatus(): { pending: boolean };
}
