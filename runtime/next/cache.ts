/**
 * `next/cache` in pages. unstable_cache works, with a cache of the worker that
 * calls it; what invalidates pages of the App Router throws and says what pages
 * use instead.
 */

interface Entry {
  /** The result as JSON: callers get copies. Undefined stays undefined. */
  json: string | undefined;
  /** Milliseconds since the epoch from which on it is made anew. */
  until: number;
}

/** How many results a worker keeps; the oldest goes first. */
const capacity = 1000;
const entries = new Map<string, Entry>();
const running = new Map<string, Promise<Entry>>();

function keep(key: string, entry: Entry): void {
  entries.delete(key);
  entries.set(key, entry);
  for (const oldest of entries.keys()) {
    if (entries.size <= capacity) break;
    entries.delete(oldest);
  }
}

export interface CacheOptions {
  /** Seconds that a result is used as it is; false or absent: for as long as the worker lives. */
  revalidate?: number | false;
  /** Accepted for the sake of shared code; pages have nothing that invalidates by tag. */
  tags?: string[];
}

/**
 * A function whose results are kept, by keyParts and arguments. An old result is
 * given out once more while a new one is being made; when that fails the old one
 * stays.
 */
export function unstable_cache<T extends (...args: any[]) => Promise<any>>(
  callback: T,
  keyParts: string[] = [],
  options: CacheOptions = {},
): T {
  const { revalidate = false } = options;
  if (revalidate === 0) {
    throw new Error("unstable_cache() cannot have revalidate: 0. Leave the function as it is, or give a number of seconds, or false.");
  }
  const fixed = `${String(callback)}\n${JSON.stringify(keyParts)}\n`;
  const make = (key: string, args: unknown[]): Promise<Entry> => {
    let pending = running.get(key);
    if (!pending) {
      pending = (async () => {
        const value: unknown = await callback(...args);
        const entry = { json: JSON.stringify(value), until: revalidate === false ? Infinity : Date.now() + revalidate * 1000 };
        keep(key, entry);
        return entry;
      })().finally(() => running.delete(key));
      running.set(key, pending);
    }
    return pending;
  };
  const cached = async (...args: unknown[]): Promise<unknown> => {
    const key = fixed + JSON.stringify(args);
    let entry = entries.get(key);
    if (!entry) {
      entry = await make(key, args);
    } else if (entry.until <= Date.now()) {
      make(key, args).catch((error: unknown) => {
        console.error("unstable_cache: the old result stays, because making it anew failed:", error);
      });
    }
    return entry.json === undefined ? undefined : JSON.parse(entry.json);
  };
  return cached as T;
}

/** Nothing in a page is cached unless it asks for it. */
export function unstable_noStore(): void {}

function appRouterOnly(name: string, instead: string): never {
  throw new Error(`${name}() of next/cache works under the App Router only. In a page or API route ${instead}.`);
}

const revalidateInstead = "call res.revalidate(path) of an API route";

export function revalidatePath(): never {
  return appRouterOnly("revalidatePath", revalidateInstead);
}
export function revalidateTag(): never {
  return appRouterOnly("revalidateTag", revalidateInstead);
}
export function updateTag(): never {
  return appRouterOnly("updateTag", revalidateInstead);
}
export function refresh(): never {
  return appRouterOnly("refresh", "call router.replace(router.asPath)");
}
const lifeInstead = "return {revalidate} from getStaticProps";
export function cacheLife(): never {
  return appRouterOnly("cacheLife", lifeInstead);
}
export function cacheTag(): never {
  return appRouterOnly("cacheTag", lifeInstead);
}
