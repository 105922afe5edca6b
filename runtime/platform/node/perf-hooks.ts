/** node:perf_hooks. */
import { missing } from "../errors";
import { PerformanceEntry, PerformanceMark, PerformanceMeasure, performance } from "../web/performance";

/** Accepts observers; entries are not pushed to them, they are read from `performance`. */
class PerformanceObserver {
  static readonly supportedEntryTypes = Object.freeze(["mark", "measure"]);
  constructor(readonly callback: (...args: unknown[]) => void) {}
  observe(): void {}
  disconnect(): void {}
  takeRecords(): PerformanceEntry[] { return []; }
}

export const perfHooksModule = {
  performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceObserver, constants: {},
  monitorEventLoopDelay: missing("perf_hooks.monitorEventLoopDelay"),
  createHistogram: missing("perf_hooks.createHistogram"),
};
