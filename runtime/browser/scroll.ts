/** Scrolling after transitions. */

/** Runs without `scroll-behavior: smooth` of the page, where it asks for that. */
export function instantly(scroll: () => void): void {
  const { style, dataset } = document.documentElement;
  if (dataset.scrollBehavior !== "smooth") return scroll();
  const old = style.scrollBehavior;
  style.scrollBehavior = "auto";
  // Makes the browser take the style in before it scrolls.
  document.documentElement.getClientRects();
  scroll();
  style.scrollBehavior = old;
}

/** Scrolls to an element by id or name; "#" and "#top" to the top. */
export function scrollToHash(as: string): void {
  const at = as.indexOf("#");
  const raw = at < 0 ? "" : as.slice(at + 1);
  if (!raw || raw === "top") return instantly(() => window.scrollTo(0, 0));
  let hash = raw;
  try {
    hash = decodeURIComponent(raw);
  } catch {
    // Not percent-encoded then.
  }
  const target = document.getElementById(hash) ?? document.getElementsByName(hash)[0];
  if (target) instantly(() => target.scrollIntoView());
}

function storageKey(historyKey: string): string {
  return "__next_scroll_" + historyKey;
}

/** Keeps where the entry is scrolled to (config scrollRestoration). */
export function saveScroll(historyKey: string): void {
  try {
    sessionStorage.setItem(storageKey(historyKey), JSON.stringify({ x: scrollX, y: scrollY }));
  } catch {
    // Full or forbidden: the page starts at its top then.
  }
}

/** Where the entry was scrolled to; the top when that is not known. */
export function savedScroll(historyKey: string): { x: number; y: number } {
  try {
    const saved = JSON.parse(sessionStorage.getItem(storageKey(historyKey)) ?? "{}");
    return { x: Number(saved.x) || 0, y: Number(saved.y) || 0 };
  } catch {
    return { x: 0, y: 0 };
  }
}
