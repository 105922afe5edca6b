/** Job "collect": loads a page and tells what it is and what is wrong with it. */
import type { Job } from "../platform/index";
import BuiltinApp from "../next/app";
import BuiltinDocument from "../next/document";
import BuiltinError from "../next/error";
import { isApiRoute, load, type Page } from "./app";
import { renew } from "./live";
import type { CollectJob, PageFacts } from "./protocol";

/** Handler of Job "collect". */
export function collect(job: Job): void {
  const { route } = JSON.parse(job.input) as CollectJob;
  renew(route);
  job.reply(JSON.stringify(factsOf(load(route))));
}

function isComponent(value: unknown): boolean {
  if (typeof value === "function") return true;
  // memo, forwardRef, lazy and context objects of React carry $$typeof; elements do too, but have props.
  return typeof value === "object" && value !== null && "$$typeof" in value && !("props" in value && "type" in value && "key" in value);
}

const builtins: Record<string, { getInitialProps: unknown } | undefined> = {
  "/_app": BuiltinApp,
  "/_document": BuiltinDocument,
  "/_error": BuiltinError,
};

function factsOf(page: Page): PageFacts {
  const { route, Component, getStaticProps, getServerSideProps, getStaticPaths, config } = page;
  const isApi = isApiRoute(route);
  const gip = Component?.getInitialProps;
  const builtin = builtins[route];
  return {
    route,
    validDefault: isApi ? typeof page.exports.default === "function" : isComponent(page.exports.default),
    gsp: getStaticProps !== undefined,
    gssp: getServerSideProps !== undefined,
    gip: gip !== undefined,
    staticPaths: getStaticPaths !== undefined,
    config: JSON.parse(JSON.stringify(config)) as Record<string, unknown>,
    customGip: builtin !== undefined && gip !== undefined && gip !== builtin.getInitialProps,
    errors: isApi ? apiErrors(page) : pageErrors(page),
  };
}

function apiErrors(page: Page): string[] {
  const errors: string[] = [];
  if (typeof page.exports.default !== "function") {
    errors.push(`The API route "${page.route}" has no function as its default export. Export the handler: \`export default function handler(req, res) {}\`.`);
  }
  return errors;
}

function pageErrors(page: Page): string[] {
  const { route, Component, getStaticProps, getServerSideProps, getStaticPaths, dynamic } = page;
  const errors: string[] = [];
  if (!isComponent(page.exports.default)) {
    errors.push(`The default export is not a React Component in page: "${route}".`);
    return errors;
  }
  const member = Component as unknown as Record<string, unknown>;
  for (const name of ["getStaticProps", "getServerSideProps", "getStaticPaths"]) {
    if (member[name]) {
      errors.push(`Page "${route}" has ${name} as a member of its component. It must be an export of the page: \`export async function ${name}() {}\`.`);
    }
  }
  for (const name of ["getStaticProps", "getServerSideProps", "getStaticPaths"] as const) {
    const value = page.exports[name];
    if (value !== undefined && typeof value !== "function") {
      errors.push(`Page "${route}" exports ${name}, which is ${value === null ? "null" : `of type ${typeof value}`}. It must be a function.`);
    }
  }
  const gip = member.getInitialProps !== undefined;
  if (["/_app", "/_document", "/_error"].includes(route)) {
    if (getStaticProps || getServerSideProps || getStaticPaths) {
      errors.push(`"pages${route}" can not export ${[getStaticProps && "getStaticProps", getServerSideProps && "getServerSideProps", getStaticPaths && "getStaticPaths"].filter(Boolean).join(", ")}: it is not a page.`);
    }
    return errors;
  }
  if (gip && getStaticProps) {
    errors.push(`You can not use getInitialProps with getStaticProps. Remove getInitialProps from "${route}" to make it a static page.`);
  }
  if (gip && getServerSideProps) {
    errors.push(`You can not use getInitialProps with getServerSideProps. Remove getInitialProps from "${route}".`);
  }
  if (getServerSideProps && (getStaticProps || getStaticPaths)) {
    errors.push(`You can not use getStaticProps or getStaticPaths with getServerSideProps. Remove getServerSideProps from "${route}" to make it a static page.`);
  }
  if (getStaticPaths && !getStaticProps) {
    errors.push(`getStaticPaths was added without a getStaticProps in "${route}". Without getStaticProps, getStaticPaths does nothing.`);
  }
  if (getStaticPaths && !dynamic) {
    errors.push(`getStaticPaths is only allowed for dynamic SSG pages and was found on "${route}". Remove it, or give the file a parameter, as in [id].`);
  }
  if (getStaticProps && dynamic && !getStaticPaths) {
    errors.push(`getStaticPaths is required for dynamic SSG pages and is missing for "${route}". Export it, and say which paths to make.`);
  }
  if ((route === "/404" || route === "/500") && (gip || getServerSideProps)) {
    errors.push(`\`pages${route}\` can not have getInitialProps or getServerSideProps: it is made at build. Use getStaticProps, or pages/_error.`);
  }
  if (page.config.amp !== undefined) {
    errors.push(`"${route}" has \`amp\` in its config; Next.js removed AMP. Take it out: the page is an ordinary page then.`);
  }
  return errors;
}
