/** Tells screen readers the name of the page after a client navigation. */

let region: HTMLElement | undefined;

/** Puts the live region into the document: it must be there before its text changes. */
export function createAnnouncer(): void {
  const host = document.createElement("next-route-announcer");
  region = document.createElement("p");
  region.id = "__next-route-announcer__";
  region.role = "alert";
  region.ariaLive = "assertive";
  // There for screen readers, but not to see.
  region.style.cssText =
    "border:0;clip:rect(0 0 0 0);height:1px;margin:-1px;overflow:hidden;padding:0;position:absolute;top:0;width:1px;white-space:nowrap;word-wrap:normal";
  host.append(region);
  document.body.append(host);
}

/** Announces the title, else the first heading, else the path. */
export function announce(asPath: string): void {
  const h1 = document.querySelector("h1");
  if (region) region.textContent = document.title || h1?.innerText || h1?.textContent || asPath;
}
