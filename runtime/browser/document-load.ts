/** Loading a document where the router cannot go on by itself. */

declare const process: { env: { NODE_ENV?: string } };

/** How long the same address is not loaded twice, in milliseconds. */
const quiet = 10_000;

/**
 * Goes to a URL as a plain link would. Throws when that was tried a moment ago
 * for the address that is shown: a file of the build is missing for good then,
 * and loading would go on for ever.
 */
export function loadDocument(url: string): void {
  const target = new URL(url, location.href);
  if (process.env.NODE_ENV === "production" && target.href === location.href && triedBefore(target.href)) {
    throw new Error(`Loading ${target.href} again did not help: the server lacks a file of this build.`);
  }
  location.href = target.href;
  // The same page with a hash would only scroll.
  if (target.hash && target.href.split("#")[0] === location.href.split("#")[0]) location.reload();
}

function triedBefore(href: string): boolean {
  const key = "__onward_document";
  try {
    const [last, time] = (sessionStorage.getItem(key) ?? "").split("\n");
    sessionStorage.setItem(key, href + "\n" + Date.now());
    return last === href && Date.now() - Number(time) < quiet;
  } catch {
    // No storage, no memory: better to try.
    return false;
  }
}
