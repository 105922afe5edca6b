/** Job "paths": runs getStaticPaths and turns what it returns into concrete paths. */
import type { Job } from "../platform/index";
import { matchRoute, routeParams } from "../next/dynamic-route";
import { load } from "./app";
import { renew } from "./live";
import type { PathsJob, PathsReply } from "./protocol";

type Params = Record<string, string | string[]>;

const expected = "It must return { paths: [...], fallback: true | false | 'blocking' }.";

/** Handler of Job "paths". */
export async function paths(job: Job): Promise<void> {
  job.reply(JSON.stringify(await collectPaths(JSON.parse(job.input) as PathsJob)));
}

async function collectPaths({ route, locales, defaultLocale }: PathsJob): Promise<PathsReply> {
  renew(route);
  const { getStaticPaths } = load(route);
  if (!getStaticPaths) throw new Error(`getStaticPaths is required for dynamic SSG pages and is missing for "${route}".`);
  const result = await getStaticPaths({ locales: [...(locales ?? [])], defaultLocale });
  if (result === null || typeof result !== "object" || Array.isArray(result)) {
    const kind = result === null ? "null" : Array.isArray(result) ? "an array" : typeof result;
    throw new Error(`Invalid value returned from getStaticPaths in ${route}: received ${kind}. ${expected}`);
  }
  const { paths: listed, fallback, ...extra } = result as { paths?: unknown; fallback?: unknown };
  if (Object.keys(extra).length) {
    throw new Error(`Extra keys returned from getStaticPaths in ${route} (${Object.keys(extra).join(", ")}). ${expected}`);
  }
  if (typeof fallback !== "boolean" && fallback !== "blocking") {
    throw new Error(`The \`fallback\` key must be returned from getStaticPaths in ${route}. ${expected}`);
  }
  if (!Array.isArray(listed)) {
    throw new Error(
      `Invalid \`paths\` value returned from getStaticPaths in ${route}: \`paths\` must be an array of strings or of objects { params: { key: string } }.`,
    );
  }
  const seen = new Set<string>();
  const reply: PathsReply = { fallback, paths: [] };
  for (const entry of listed as unknown[]) {
    const made = typeof entry === "string" ? ofString(route, entry, locales) : ofObject(route, entry, locales);
    const key = `${made.locale ?? ""} ${identity(made.params, route)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    reply.paths.push(made);
  }
  return reply;
}

/** The same for two sets of params that make the same page. */
function identity(params: Params, route: string): string {
  return JSON.stringify(routeParams(route).map(({ name }) => params[name] ?? null));
}

function ofString(route: string, entry: string, locales: string[] | undefined): PathsReply["paths"][number] {
  let path = entry.length > 1 ? entry.replace(/\/$/, "") : entry;
  const first = path.split("/", 2)[1]?.toLowerCase();
  const locale = locales?.find((candidate) => candidate.toLowerCase() === first);
  if (locale) path = path.slice(locale.length + 1) || "/";
  const params = matchRoute(route, path);
  if (!params) throw new Error(`The provided path \`${path}\` does not match the page: \`${route}\`.`);
  const made: PathsReply["paths"][number] = { path: encoded(path), params };
  if (locale) made.locale = locale;
  return made;
}

/** A path with each segment encoded exactly once, however it was written. */
function encoded(path: string): string {
  return path
    .split("/")
    .map((segment) => encodeURIComponent(decodeURIComponent(segment)))
    .join("/");
}

function ofObject(route: string, entry: unknown, locales: string[] | undefined): PathsReply["paths"][number] {
  if (entry === null || typeof entry !== "object") {
    throw new Error(`Invalid \`paths\` item returned from getStaticPaths in ${route}: it must be a string or an object, but is ${entry === null ? "null" : typeof entry}.`);
  }
  const { params: given = {}, locale, ...extra } = entry as { params?: Record<string, unknown>; locale?: unknown };
  const names = routeParams(route);
  if (Object.keys(extra).length) {
    throw new Error(
      `Additional keys were returned from \`getStaticPaths\` in page "${route}". Parameters of the route belong under \`params\`:\n\n` +
        `\treturn { params: { ${names.map(({ name }) => `${name}: ...`).join(", ")} } }\n\n` +
        `Keys that need to be moved: ${Object.keys(extra).join(", ")}.`,
    );
  }
  if (locale !== undefined && !locales?.includes(locale as string)) {
    throw new Error(`Invalid locale returned from getStaticPaths for ${route}: the locale ${String(locale)} is not among i18n.locales of the config.`);
  }
  let path = route;
  const params: Params = {};
  for (const { name, repeat, optional } of names) {
    let value = given[name];
    // An absent optional parameter may be written in every falsy way.
    if (optional && Object.hasOwn(given, name) && (value === null || value === undefined || value === false)) value = [];
    if (repeat ? !Array.isArray(value) : typeof value !== "string") {
      throw new Error(
        `A required parameter (${name}) was not provided as ${repeat ? "an array" : "a string"}, received ${Array.isArray(value) ? "an array" : typeof value}, in getStaticPaths for ${route}.`,
      );
    }
    const pattern = optional ? `[[...${name}]]` : repeat ? `[...${name}]` : `[${name}]`;
    const segments = (repeat ? (value as unknown[]) : [value]).map((segment) => encodeURIComponent(String(segment)));
    path = path.replace(pattern, () => segments.join("/"));
    // A path like "/docs" has no such parameter, rather than an empty one.
    if (!repeat || (value as unknown[]).length) params[name] = value as string | string[];
  }
  path = path.replace(/\/+$/, "") || "/";
  const made: PathsReply["paths"][number] = { path, params };
  if (locale !== undefined) made.locale = locale as string;
  return made;
}
