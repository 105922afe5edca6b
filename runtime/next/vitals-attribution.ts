/** What caused a metric, as far as its entries tell (experimental.webVitalsAttribution). */
import type { Metric } from "./vitals";

/** A short CSS selector of an element. */
function selectorOf(node: Node | null | undefined): string | undefined {
  const parts: string[] = [];
  for (let el = node as Element | null | undefined; el && el.nodeType === 1; el = el.parentElement) {
    if (el.id) {
      parts.unshift("#" + el.id);
      break;
    }
    const classes = el.getAttribute("class")?.trim().split(/\s+/).filter(Boolean) ?? [];
    parts.unshift([el.nodeName.toLowerCase(), ...classes].join("."));
    if (parts.join(">").length > 100) break;
  }
  return parts.join(">") || undefined;
}

function loadState(time: number): string {
  const nav = performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined;
  if (document.readyState === "loading" || !nav || time < nav.domInteractive) return "loading";
  if (!nav.domContentLoadedEventStart || time < nav.domContentLoadedEventStart) return "dom-interactive";
  return !nav.domComplete || time < nav.domComplete ? "dom-content-loaded" : "complete";
}

/** Keys are those of the web-vitals package. */
export function attributionOf({ name, value, entries }: Omit<Metric, "attribution">): Record<string, unknown> {
  const nav = performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined;
  const firstByte = nav?.responseStart ?? 0;
  const last = entries[entries.length - 1] as any;
  switch (name) {
    case "TTFB":
      return nav
        ? {
            waitingDuration: nav.workerStart || nav.fetchStart,
            cacheDuration: nav.domainLookupStart - (nav.workerStart || nav.fetchStart),
            dnsDuration: nav.connectStart - nav.domainLookupStart,
            connectionDuration: nav.connectEnd - nav.connectStart,
            requestDuration: nav.responseStart - nav.connectEnd,
            navigationEntry: nav,
          }
        : {};
    case "FCP":
      return {
        timeToFirstByte: firstByte,
        firstByteToFCP: value - firstByte,
        loadState: loadState(value),
        navigationEntry: nav,
        fcpEntry: last,
      };
    case "LCP": {
      const resource = last?.url
        ? (performance.getEntriesByName(last.url, "resource")[0] as PerformanceResourceTiming | undefined)
        : undefined;
      const requested = Math.max(firstByte, resource?.requestStart || resource?.startTime || 0);
      const loaded = Math.min(value, Math.max(requested, resource?.responseEnd || 0));
      return {
        target: selectorOf(last?.element),
        url: last?.url || undefined,
        timeToFirstByte: firstByte,
        resourceLoadDelay: requested - firstByte,
        resourceLoadDuration: loaded - requested,
        elementRenderDelay: value - loaded,
        navigationEntry: nav,
        lcpResourceEntry: resource,
        lcpEntry: last,
      };
    }
    case "CLS": {
      const largest = (entries as any[]).reduce((a, b) => (a && a.value >= b.value ? a : b), undefined);
      const source = largest?.sources?.find((s: any) => s.node?.nodeType === 1) ?? largest?.sources?.[0];
      return largest
        ? {
            largestShiftTarget: selectorOf(source?.node),
            largestShiftTime: largest.startTime,
            largestShiftValue: largest.value,
            largestShiftSource: source,
            largestShiftEntry: largest,
            loadState: loadState(largest.startTime),
          }
        : {};
    }
    case "INP":
      return last
        ? {
            interactionTarget: selectorOf(last.target),
            interactionType: /^key/.test(last.name) ? "keyboard" : "pointer",
            interactionTime: last.startTime,
            nextPaintTime: last.startTime + value,
            inputDelay: last.processingStart - last.startTime,
            processingDuration: last.processingEnd - last.processingStart,
            presentationDelay: Math.max(last.startTime + value - last.processingEnd, 0),
            processedEventEntries: entries,
            loadState: loadState(last.startTime),
          }
        : {};
  }
}
