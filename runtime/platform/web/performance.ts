/** performance: a clock, and bounded marks and measures. */
import { DOMException } from "./dom-exception";
import { EventTarget } from "./event-target";

export class PerformanceEntry {
  constructor(
    readonly name: string,
    readonly entryType: string,
    readonly startTime: number,
    readonly duration: number,
    readonly detail: unknown = null,
  ) {}
  toJSON(): object {
    return { name: this.name, entryType: this.entryType, startTime: this.startTime, duration: this.duration, detail: this.detail };
  }
}
export class PerformanceMark extends PerformanceEntry {
  constructor(name: string, options: { startTime?: number; detail?: unknown } = {}) {
    super(String(name), "mark", options.startTime ?? performance.now(), 0, options.detail ?? null);
  }
}
export class PerformanceMeasure extends PerformanceEntry {}

interface MeasureOptions {
  start?: string | number;
  end?: string | number;
  duration?: number;
  detail?: unknown;
}

/** Marks of a forgetful program: only the newest are kept. */
const mostEntries = 1000;
let entries: PerformanceEntry[] = [];
let origin = 0;
let timeOrigin = 0;

/** Starts the clock; called at boot. */
export function startClock(): void {
  origin = __native.now();
  timeOrigin = Date.now();
}

function add<T extends PerformanceEntry>(entry: T): T {
  if (entries.length >= mostEntries) entries.shift();
  entries.push(entry);
  return entry;
}

function timeOf(point: string | number | undefined, otherwise: number): number {
  if (point === undefined) return otherwise;
  if (typeof point === "number") return point;
  const found = entries.findLast((e) => e.entryType === "mark" && e.name === point);
  if (!found) throw new DOMException(`The "${point}" performance mark has not been set`, "SyntaxError");
  return found.startTime;
}

export class Performance extends EventTarget {
  now(): number { return __native.now() - origin; }
  get timeOrigin(): number { return timeOrigin; }
  mark(name: string, options?: { startTime?: number; detail?: unknown }): PerformanceMark {
    return add(new PerformanceMark(name, options));
  }
  measure(name: string, start?: string | MeasureOptions, endMark?: string): PerformanceMeasure {
    const o: MeasureOptions = typeof start === "object" && start !== null ? start : { start, end: endMark };
    let to = o.end !== undefined ? timeOf(o.end, 0) : o.duration !== undefined && o.start !== undefined ? timeOf(o.start, 0) + o.duration : this.now();
    const from = o.start !== undefined ? timeOf(o.start, 0) : o.duration !== undefined ? to - o.duration : 0;
    if (o.duration !== undefined && o.start !== undefined) to = from + o.duration;
    return add(new PerformanceMeasure(String(name), "measure", from, to - from, o.detail ?? null));
  }
  clearMarks(name?: string): void {
    entries = entries.filter((e) => e.entryType !== "mark" || (name !== undefined && e.name !== name));
  }
  clearMeasures(name?: string): void {
    entries = entries.filter((e) => e.entryType !== "measure" || (name !== undefined && e.name !== name));
  }
  getEntries(): PerformanceEntry[] { return entries.slice().sort((a, b) => a.startTime - b.startTime); }
  getEntriesByName(name: string, type?: string): PerformanceEntry[] {
    return this.getEntries().filter((e) => e.name === name && (type === undefined || e.entryType === type));
  }
  getEntriesByType(type: string): PerformanceEntry[] {
    return this.getEntries().filter((e) => e.entryType === type);
  }
  toJSON(): object { return { timeOrigin, nodeTiming: {}, eventLoopUtilization: {} }; }
}
Object.defineProperty(Performance.prototype, Symbol.toStringTag, { value: "Performance", configurable: true });

export const performance = new Performance();
