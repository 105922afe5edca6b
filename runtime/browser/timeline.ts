/** Rendering in the browser's performance timeline, under the names that Next.js gives it. */

/** Told of each measure; the app's reportWebVitals when it has one. */
export const measured: { report?: (entry: PerformanceMeasure) => void } = {};

export function mark(name: "beforeRender" | "routeChange"): void {
  performance.mark(name);
}

function measure(name: string, from: string, to: string): void {
  try {
    const entry = performance.measure("Next.js-" + name, from, to);
    measured.report?.(entry);
  } catch {
    // The app cleared the marks meanwhile.
  }
}

/** What began with the mark "beforeRender" is on the screen. */
export function rendered(first: boolean): void {
  performance.mark("afterRender");
  if (first) {
    measure("before-hydration", "navigationStart", "beforeRender");
    measure("hydration", "beforeRender", "afterRender");
  } else if (performance.getEntriesByName("routeChange", "mark").length) {
    measure("render", "beforeRender", "afterRender");
    measure("route-change-to-render", "routeChange", "beforeRender");
    performance.clearMeasures("Next.js-render");
    performance.clearMeasures("Next.js-route-change-to-render");
  }
  for (const name of ["beforeRender", "afterRender", "routeChange"]) performance.clearMarks(name);
}
