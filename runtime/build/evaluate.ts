/**
 * Evaluates next.config.* in the engine. Job "config": {file, phase, defaults,
 * exportArguments?}; with the last, the answer is that of exportPathMap.
 * The answer is the resolved configuration as JSON. Functions that the server
 * needs the results of (redirects, headers ...) are called here; what JSON cannot
 * carry is marked: {"$regexp": source}, {"$function": true}.
 */
import { handle, type Job } from "../platform/loop";
import { registerModule, require } from "../platform/module";
import { boot } from "../platform/index";
import * as constants from "../next/constants";

interface Input {
  file: string;
  phase: string;
  defaults: Record<string, unknown>;
  exportArguments?: unknown[];
}

const results = ["redirects", "rewrites", "headers", "generateBuildId"] as const;

function portable(value: unknown, seen: Set<object>): unknown {
  if (typeof value === "function") return { $function: true };
  if (typeof value === "bigint") return String(value);
  if (typeof value === "symbol") return undefined;
  if (value === null || typeof value !== "object") return value;
  if (value instanceof RegExp) return { $regexp: (value.ignoreCase ? "(?i)" : "") + value.source };
  if (value instanceof URL) return { $url: value.href };
  if (seen.has(value)) return undefined;
  seen.add(value);
  const out = Array.isArray(value)
    ? value.map((v) => portable(v, seen) ?? null)
    : Object.fromEntries(Object.entries(value).map(([k, v]) => [k, portable(v, seen)]));
  seen.delete(value);
  return out;
}

async function evaluate({ file, phase, defaults, exportArguments }: Input): Promise<unknown> {
  let loaded: unknown = await require(file);
  if (loaded && typeof loaded === "object" && "default" in loaded) loaded = loaded.default;
  loaded = await loaded;
  const config: unknown = typeof loaded === "function" ? await loaded(phase, { defaultConfig: defaults }) : loaded;
  if (config === null || typeof config !== "object" || Array.isArray(config)) {
    throw new TypeError(
      `the config must be an object, or a function that returns one; it is ${config === null ? "null" : Array.isArray(config) ? "an array" : typeof config}`,
    );
  }
  const resolved: Record<string, unknown> = { ...config };
  if (exportArguments) return portable(await (resolved.exportPathMap as (...args: unknown[]) => unknown)(...exportArguments), new Set());
  for (const key of results) {
    const fn = resolved[key];
    if (typeof fn === "function") resolved[key] = await (fn as () => unknown).call(config);
  }
  return portable(resolved, new Set());
}

registerModule("next/constants", () => constants);

handle("config", async (job: Job) => {
  job.reply(JSON.stringify(await evaluate(JSON.parse(job.input) as Input)));
});

boot;
