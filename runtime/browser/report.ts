/** The `reportWebVitals` export of pages/_app. Only loaded by apps that have one. */
import { observeVitals } from "../next/vitals";
import { measured } from "./timeline";

/** What reportWebVitals gets. */
interface Report {
  id: string;
  name: string;
  /** Milliseconds since the document was asked for. */
  startTime: number | undefined;
  value: number;
  /** "custom" for measures of Next.js itself. */
  label: "web-vital" | "custom";
  attribution?: unknown;
}

/** Calls back with every metric, those known already included. */
export function reportTo(report: (metric: Report) => void): void {
  const custom = ({ name, startTime, duration: value }: PerformanceMeasure) => {
    if (name === "Next.js-before-hydration") return;
    const id = `${Date.now()}-${Math.floor(Math.random() * 9e12) + 1e12}`;
    report({ id, name, startTime, value, label: "custom" });
  };
  for (const entry of performance.getEntriesByName("Next.js-hydration")) custom(entry as PerformanceMeasure);
  measured.report = custom;
  observeVitals(({ id, name, value, entries, attribution }) => {
    const startTime = entries[0]?.startTime;
    report({ id, name, startTime, value, label: "web-vital", ...(attribution ? { attribution } : {}) });
  });
}
