declare module "next/cache" {
  /** Keeps what a function returns, by its arguments. revalidate is in seconds. */
  export function unstable_cache<F extends (...values: any[]) => Promise<any>>(
    load: F,
    keyParts?: string[],
    options?: { revalidate?: number | false; tags?: string[] },
  ): F;
  /** What is loaded next is not kept. */
  export function unstable_noStore(): void;

  // The following work in the App Router only.
  export function revalidatePath(path: string, type?: "layout" | "page"): undefined;
  export function revalidateTag(tag: string, profile: string | { expire?: number }): undefined;
  export function updateTag(tag: string): undefined;
  export function refresh(): void;
  export function cacheTag(...tags: string[]): void;
  export function cacheLife(profile: string | { stale?: number; revalidate?: number; expire?: number }): void;
}
