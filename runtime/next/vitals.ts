/**
 * Web vitals by the browser's own performance entries: TTFB, FCP, LCP, CLS and
 * INP, as their definitions at web.dev/articles/vitals describe them. LCP, CLS
 * and INP are reported when the page is hidden, when they are final.
 */
import { clientConfig } from "./client-config";

export interface Metric {
  /** Unique per page view and metric. */
  id: string;
  name: "TTFB" | "FCP" | "LCP" | "CLS" | "INP";
  /** Milliseconds; CLS has no unit. */
  value: number;
  delta: number;
  rating: "good" | "needs-improvement" | "poor";
  entries: PerformanceEntry[];
  navigationType: string;
  /** For the metrics that experimental.webVitalsAttribution names. */
  attribution?: Record<string, unknown>;
}

const limits: Record<Metric["name"], [number, number]> = {
  TTFB: [800, 1800],
  FCP: [1800, 3000],
  LCP: [2500, 4000],
  CLS: [0.1, 0.25],
  INP: [200, 500],
};

type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean };
type Interaction = PerformanceEntry & { interactionId?: number };

let session = "";
const done = new Map<Metric["name"], Metric>();
const listeners = new Set<(metric: Metric) => void>();

function navigation(): PerformanceNavigationTiming | undefined {
  return performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined;
}

function report(name: Metric["name"], value: number, entries: PerformanceEntry[]): void {
  const old = done.get(name);
  if (old && old.value === value) return;
  const [good, poor] = limits[name];
  const metric: Metric = {
    id: `v1-${session}-${name}`,
    name,
    value,
    delta: value - (old?.value ?? 0),
    rating: value <= good ? "good" : value <= poor ? "needs-improvement" : "poor",
    entries,
    navigationType: (navigation()?.type ?? "navigate").replace("_", "-"),
  };
  const tell = () => {
    done.set(name, metric);
    for (const listener of listeners) listener(metric);
  };
  if (!clientConfig().webVitalsAttribution?.includes(name)) return tell();
  import("./vitals-attribution").then(({ attributionOf }) => {
    metric.attribution = attributionOf(metric);
    tell();
  }, tell);
}

function observe(
  type: string,
  each: (entries: PerformanceEntryList) => void,
  more?: object,
): (() => void) | undefined {
  try {
    const observer = new PerformanceObserver((list) => each(list.getEntries()));
    observer.observe({ type, buffered: true, ...more });
    return () => each(observer.takeRecords());
  } catch {
    // A browser without this kind of entry does not report the metric.
    return;
  }
}

function start(): void {
  session = Date.now() + "-" + Math.random().toString(36).slice(2);
  const nav = navigation();
  const began = (nav as { activationStart?: number } | undefined)?.activationStart ?? 0;
  const since = (time: number) => Math.max(time - began, 0);
  if (nav && nav.responseStart > 0) report("TTFB", since(nav.responseStart), [nav]);

  observe("paint", (entries) => {
    const paint = entries.find((e) => e.name === "first-contentful-paint");
    if (paint) report("FCP", since(paint.startTime), [paint]);
  });

  let largest: PerformanceEntry | undefined;
  let lcpOpen = true;
  const flushLcp = observe("largest-contentful-paint", (entries) => {
    if (lcpOpen) largest = entries[entries.length - 1] ?? largest;
  });
  const endLcp = () => {
    if (!lcpOpen) return;
    flushLcp?.();
    lcpOpen = false;
    if (largest) report("LCP", since(largest.startTime), [largest]);
  };
  // What is painted after the first input is an answer to it, not the loading of the page.
  for (const type of ["keydown", "click"])
    addEventListener(type, () => setTimeout(endLcp), { once: true, capture: true });

  // The worst session window: shifts less than 1 s apart and 5 s long at most.
  let cls = 0;
  let clsEntries: Shift[] = [];
  let window_: Shift[] = [];
  let sum = 0;
  const flushCls = observe("layout-shift", (entries) => {
    for (const shift of entries as Shift[]) {
      if (shift.hadRecentInput) continue;
      const last = window_[window_.length - 1];
      if (last && shift.startTime - last.startTime < 1000 && shift.startTime - window_[0]!.startTime < 5000) {
        window_.push(shift);
        sum += shift.value;
      } else {
        window_ = [shift];
        sum = shift.value;
      }
      if (sum > cls) {
        cls = sum;
        clsEntries = [...window_];
      }
    }
  });

  // The slowest interaction, but one for each 50 there were; ten are enough to know it.
  const slowest = new Map<number, Interaction>();
  let interactions = 0;
  let lastId = 0;
  const flushInp = observe(
    "event",
    (entries) => {
      for (const entry of entries as Interaction[]) {
        const id = entry.interactionId;
        if (!id) continue;
        if (id > lastId) {
          interactions++;
          lastId = id;
        }
        const old = slowest.get(id);
        if (!old || entry.duration > old.duration) slowest.set(id, entry);
        if (slowest.size > 10) {
          const fastest = [...slowest].reduce((a, b) => (a[1].duration <= b[1].duration ? a : b));
          slowest.delete(fastest[0]);
        }
      }
    },
    { durationThreshold: 40 },
  );

  addEventListener(
    "visibilitychange",
    () => {
      if (document.visibilityState !== "hidden") return;
      endLcp();
      flushCls?.();
      report("CLS", cls, clsEntries);
      flushInp?.();
      const worst = [...slowest.values()].sort((a, b) => b.duration - a.duration);
      const inp = worst[Math.min(worst.length - 1, Math.floor(interactions / 50))];
      if (inp) report("INP", inp.duration, [inp]);
    },
    true,
  );
}

/** Calls back with each metric, those known already included. Answers how to stop. */
export function observeVitals(listener: (metric: Metric) => void): () => void {
  if (!session) start();
  for (const metric of done.values()) listener(metric);
  listeners.add(listener);
  return () => listeners.delete(listener);
}
