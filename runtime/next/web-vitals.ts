/** `next/web-vitals`: measurements of the page's loading and interaction. */
import { useEffect, useRef } from "react";
import { observeVitals } from "./vitals";
import type { Metric } from "./vitals";

export type { Metric } from "./vitals";

/** Calls back with each metric, those measured before included. */
export function useReportWebVitals(report: (metric: Metric) => void): void {
  const latest = useRef(report);
  useEffect(() => {
    latest.current = report;
  });
  useEffect(() => observeVitals((metric) => latest.current(metric)), []);
}
