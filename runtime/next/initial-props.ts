/** Calling getInitialProps of apps and pages, the same on both sides. */

export interface InitialPropsHolder {
  displayName?: string;
  name?: string;
  getInitialProps?(ctx: any): Promise<any> | any;
}

/** Name of a component for messages. */
export function componentName(component: InitialPropsHolder): string {
  return component.displayName || component.name || "Unknown";
}

/**
 * Runs getInitialProps. A holder without one, called with an app context
 * ({Component, ctx}), passes through to the page; called with a page context it
 * gives {}. Throws when the result is not an object, unless the response has ended.
 */
export async function loadInitialProps(
  holder: InitialPropsHolder,
  ctx: { ctx?: any; Component?: InitialPropsHolder; res?: { finished?: boolean; headersSent?: boolean } },
): Promise<Record<string, any>> {
  const res = ctx.res ?? ctx.ctx?.res;
  if (!holder.getInitialProps) {
    return ctx.ctx && ctx.Component ? { pageProps: await loadInitialProps(ctx.Component, ctx.ctx) } : {};
  }
  const props = await holder.getInitialProps(ctx);
  if (res && (res.finished || res.headersSent)) return props;
  if (!props) {
    throw new Error(
      `"${componentName(holder)}.getInitialProps()" should resolve to an object, but it gave "${props}".`,
    );
  }
  if (process.env.NODE_ENV !== "production" && !ctx.ctx && Object.keys(props).length === 0) {
    console.warn(
      `${componentName(holder)} returned an empty object from getInitialProps. That turns off automatic static optimization for nothing; remove it, or return props.`,
    );
  }
  return props;
}

declare const process: { env: { NODE_ENV?: string } };
