declare module "next/web-vitals" {
  /** One measurement of how the page feels. */
  export interface Metric {
    name: "CLS" | "FCP" | "INP" | "LCP" | "TTFB";
    value: number;
    rating: "good" | "needs-improvement" | "poor";
    /** The change since the last report. */
    delta: number;
    id: string;
    entries: PerformanceEntry[];
    navigationType: "navigate" | "reload" | "back-forward" | "back-forward-cache" | "prerender" | "restore";
  }

  /** Calls report for each measurement. Give it the same function each time. */
  export function useReportWebVitals(report: (metric: Metric) => void): void;
}
