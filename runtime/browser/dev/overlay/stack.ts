/** Stacks: shown as they came at once, and as places in the source when the server has answered. */
import { element, sign } from "./element";

/** A frame as the server maps it. */
export interface Frame {
  function: string;
  /** Relative to the project; what the engine said when it is unknown. */
  file: string;
  line: number;
  column: number;
  /** In the app's own code: not of a package, of Onward or of the browser. */
  own: boolean;
  /** Source around the place. */
  frame?: string;
}

export interface StackOptions {
  /** basePath of the app. */
  base: string;
  open(frame: { file: string; line: number; column: number }): void;
  /** Shows the source around a frame. */
  look(frame: Frame): void;
}

/** The most answers of the server that are kept, by stack. */
const mostAnswers = 60;
const answers = new Map<string, Promise<Frame[] | undefined>>();

/** Asks the server where the places of a stack are in the source; undefined when it cannot tell. */
export function originalFrames(base: string, stack: string): Promise<Frame[] | undefined> {
  let answer = answers.get(stack);
  if (!answer) {
    answer = ask(base, stack).catch(() => {
      answers.delete(stack);
      return undefined;
    });
    if (answers.size >= mostAnswers) answers.delete(answers.keys().next().value!);
    answers.set(stack, answer);
  }
  return answer;
}

async function ask(base: string, stack: string): Promise<Frame[] | undefined> {
  const response = await fetch(`${base}/__nextjs_original-stack-frames`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ stack: stack.slice(0, 30_000) }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(String(response.status));
  const { frames } = (await response.json()) as { frames: Frame[] };
  return frames.length ? frames : undefined;
}

/** The lines of a stack that are frames, of Chromium, Firefox and Safari. */
export function rawFrames(stack: string): string {
  const lines = stack.split("\n").filter((line) => /^\s*at |@.*:\d+:\d+$/.test(line));
  return lines.slice(0, 50).map((line) => line.trim().replace(/^at /, "")).join("\n");
}

/** A list of frames: the app's own ones, others folded between them. */
export function frameList(all: readonly Frame[], options: StackOptions): HTMLElement {
  const list = element("ol", "frames");
  // Recursion says nothing more the second time, and a function of the browser has no place.
  const frames = all.filter((f, i) => f.file !== "<anonymous>" && (i === 0 || line(f) !== line(all[i - 1]!)));
  for (let i = 0; i < frames.length; ) {
    const run = frames.slice(i).findIndex((f) => f.own !== frames[i]!.own);
    const group = frames.slice(i, run < 0 ? undefined : i + run);
    i += group.length;
    if (group[0]!.own) list.append(...group.map((f) => item(f, options)));
    else list.append(folded(group, options));
  }
  return list;
}

function line(f: Frame): string {
  return `${f.function}\0${place(f)}`;
}

function folded(group: readonly Frame[], options: StackOptions): HTMLElement {
  const label = `${group.length} ${group.length === 1 ? "frame" : "frames"} of packages and the framework`;
  const inner = element("ol", "frames", ...group.map((f) => item(f, options)));
  return element("li", "", element("details", "", element("summary", "", label), inner));
}

function place(frame: Frame): string {
  return frame.line > 0 ? `${frame.file}:${frame.line}:${frame.column}` : frame.file;
}

function item(frame: Frame, options: StackOptions): HTMLElement {
  const name = element("span", "function", frame.function || "(anonymous)");
  const where = element("span", "place", place(frame));
  if (!frame.own) return element("li", "foreign", name, where);
  const look = element(
    "button",
    {
      class: "look",
      attributes: { type: "button", "aria-label": `Show the source of ${frame.function || place(frame)}` },
      on: { click: () => options.look(frame) },
    },
    name,
    where,
  );
  return element("li", "own", look, opener(frame, options));
}

/** The button that opens a place in the editor. */
export function opener(at: { file: string; line: number; column: number }, options: StackOptions): HTMLElement {
  const label = `Open ${at.file}:${at.line} in the editor`;
  return element(
    "button",
    { class: "open", title: label, attributes: { type: "button", "aria-label": label }, on: { click: () => options.open(at) } },
    sign("open"),
  );
}

/** The frame whose source is worth showing: the first of the app that has one. */
export function telling(frames: readonly Frame[]): Frame | undefined {
  return frames.find((f) => f.own && f.frame);
}

