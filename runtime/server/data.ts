/**
 * getStaticProps and getServerSideProps: calling them and holding what they
 * return against the contract. The facts of each message (which key, which
 * function, which page) are those Next.js users know.
 */
import type { Page } from "./app";
import { checkProps } from "./serializable";

/** A redirect as user code returns it, after checking. */
export interface Redirect {
  destination: string;
  statusCode: number;
  basePath?: false;
}

/** A checked answer of a data function. */
export interface Data {
  kind: "props" | "notFound" | "redirect";
  props: Record<string, unknown>;
  redirect?: Redirect;
  /** Seconds, or false for never. getStaticProps only. */
  revalidate: number | false;
}

export type StaticReason = "build" | "stale" | "on-demand";

const year = 31_536_000;
const redirectStatuses = [301, 302, 303, 307, 308];

/**
 * Runs getStaticProps. `where` names the path in messages. At build, and in
 * development, props must be JSON.
 */
export async function staticProps(
  page: Page, context: Record<string, unknown>, reason: StaticReason, where: string, dev: boolean,
): Promise<Data> {
  const result = checkObject(await page.getStaticProps!(context), "getStaticProps");
  if (Object.hasOwn(result, "unstable_revalidate")) {
    throw new Error("`unstable_revalidate` is now called `revalidate`: rename it in what getStaticProps returns.");
  }
  checkKeys(result, "getStaticProps", ["revalidate", "props", "redirect", "notFound"]);
  if (dev && result.notFound !== undefined && result.redirect !== undefined) {
    throw new Error(`\`redirect\` and \`notFound\` can not both be returned from getStaticProps at the same time. Page: ${page.route}`);
  }
  const data = outcome(page, result, "getStaticProps", where);
  if (data.kind === "redirect" && reason === "build") {
    throw new Error(
      `\`redirect\` can not be returned from getStaticProps during prerendering (${where}).\n` +
        "Leave the path out of getStaticPaths, so that it is made on request, or put the rule into `redirects` of next.config.",
    );
  }
  if (data.kind === "props" && (dev || reason === "build")) checkProps(page.route, "getStaticProps", result.props);
  if (Object.hasOwn(result, "revalidate")) data.revalidate = seconds(result.revalidate, where);
  return data;
}

/** Runs getServerSideProps. `props` may be a promise. */
export async function serverProps(
  page: Page, context: Record<string, unknown>, where: string, dev: boolean,
): Promise<Data> {
  const result = checkObject(await page.getServerSideProps!(context), "getServerSideProps");
  for (const name of ["notFound", "redirect"]) {
    if (result[`unstable_${name}`]) {
      throw new Error(`\`unstable_${name}\` is now called \`${name}\`: rename it in what getServerSideProps returns. Page: ${page.route}`);
    }
  }
  checkKeys(result, "getServerSideProps", ["props", "redirect", "notFound"]);
  const data = outcome(page, result, "getServerSideProps", where);
  if (data.kind === "props") {
    if (isPromise(result.props)) data.props = (await result.props) as Record<string, unknown>;
    if (dev) checkProps(page.route, "getServerSideProps", data.props);
  }
  return data;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}

function checkObject(result: unknown, method: string): Record<string, unknown> {
  if (result === null || result === undefined) {
    throw new Error(`Your \`${method}\` function did not return an object. Is a \`return\` missing?`);
  }
  return Object(result) as Record<string, unknown>;
}

function checkKeys(result: Record<string, unknown>, method: string, allowed: string[]): void {
  const wrong = Object.keys(result).filter((key) => !allowed.includes(key));
  if (wrong.length === 0) return;
  throw new Error(
    `Additional keys were returned from \`${method}\`. What the component should get belongs under \`props\`:\n\n` +
      `\treturn { props: { title: 'My Title', content: '...' } }\n\n` +
      `Keys that need to be moved: ${wrong.join(", ")}.`,
  );
}

function outcome(page: Page, result: Record<string, unknown>, method: string, where: string): Data {
  if (result.notFound) {
    if (page.route === "/404") {
      throw new Error(`The /404 page can not return notFound from "${method}": it is the page for what is not found.`);
    }
    return { kind: "notFound", props: {}, revalidate: false };
  }
  if (result.redirect && typeof result.redirect === "object") {
    const redirect = checkRedirect(result.redirect as Record<string, unknown>, method, where);
    const props: Record<string, unknown> = { __N_REDIRECT: redirect.destination, __N_REDIRECT_STATUS: redirect.statusCode };
    const { basePath } = result.redirect as { basePath?: unknown };
    if (basePath !== undefined) props.__N_REDIRECT_BASE_PATH = basePath;
    return { kind: "redirect", props, redirect, revalidate: false };
  }
  return { kind: "props", props: result.props as Record<string, unknown>, revalidate: false };
}

function checkRedirect(redirect: Record<string, unknown>, method: string, where: string): Redirect {
  const { destination, permanent, statusCode, basePath } = redirect;
  const wrong: string[] = [];
  if (permanent !== undefined && statusCode !== undefined) {
    wrong.push("`permanent` and `statusCode` can not both be provided");
  } else if (permanent !== undefined && typeof permanent !== "boolean") {
    wrong.push("`permanent` must be `true` or `false`");
  } else if (statusCode !== undefined && !redirectStatuses.includes(statusCode as number)) {
    wrong.push(`\`statusCode\` must be undefined or one of ${redirectStatuses.join(", ")}`);
  }
  if (typeof destination !== "string") wrong.push(`\`destination\` should be a string but is ${typeof destination}`);
  if (basePath !== undefined && typeof basePath !== "boolean") {
    wrong.push(`\`basePath\` should be undefined or false but is ${typeof basePath}`);
  }
  if (wrong.length) throw new Error(`Invalid redirect object returned from ${method} for ${where}:\n${wrong.join(" and ")}`);
  const checked: Redirect = {
    destination: destination as string,
    statusCode: (statusCode as number | undefined) ?? (permanent ? 308 : 307),
  };
  if (basePath === false) checked.basePath = false;
  return checked;
}

function seconds(revalidate: unknown, where: string): number | false {
  if (revalidate === true) return 1;
  if (revalidate === false || revalidate === undefined) return false;
  if (typeof revalidate !== "number") {
    throw new Error(
      `A page's revalidate option must be a number of seconds; mixed numbers and strings cannot be used. ` +
        `Received '${JSON.stringify(revalidate)}' for ${where}`,
    );
  }
  if (!Number.isInteger(revalidate)) {
    throw new Error(
      `A page's revalidate option must be whole seconds for ${where}. Mixed numbers, such as '${revalidate}', cannot be used.\n` +
        `Use '${Math.ceil(revalidate)}', or Math.ceil() where the value is computed.`,
    );
  }
  if (revalidate <= 0) {
    throw new Error(
      `A page's revalidate option can not be less than or equal to zero for ${where}. Zero would mean a new page for every request.\n` +
        "For a page that is never made anew use `false`; for one as fresh as can be use `1`.",
    );
  }
  if (revalidate > year) {
    console.warn(
      `Warning: the revalidate option is more than a year for ${where}. For a page that is only made at build time use \`false\`.`,
    );
  }
  return revalidate;
}
