/** The panel: one problem at a time, with all that helps to mend it. */
import type { Entry, Kind, Problem } from "../problems";
import { button, element, sign } from "./element";
import { frameList, opener, originalFrames, rawFrames, telling } from "./stack";
import type { Frame, StackOptions } from "./stack";
import { difference, linked, sourceFrame } from "./text";

const labels: Record<Kind, string> = {
  build: "Build error",
  server: "Server error",
  runtime: "Runtime error",
  rejection: "Unhandled rejection",
  hydration: "Hydration mismatch",
};

export interface PanelOptions {
  base: string;
  /** The panel was closed by its user. */
  closed(): void;
}

export interface Panel {
  dialog: HTMLDialogElement;
  /** Shows entries; what the user looks at stays in view. */
  show(entries: readonly Entry[]): void;
}

export function createPanel({ base, closed }: PanelOptions): Panel {
  let entries: readonly Entry[] = [];
  /** Key of the entry that is shown. */
  let current = "";
  /** What is drawn: nothing is drawn again while it stays. */
  let drawn = "";

  const title = element("span", "kind");
  const times = element("span", "times");
  const at = element("span", "at");
  const back = button("turn", "Previous problem", sign("left"), () => turn(-1));
  const forth = button("turn", "Next problem", sign("right"), () => turn(1));
  const pager = element("span", "pager", back, at, forth);
  const copied = button("act", "Copy the problem as text", sign("copy"), () => void copy());
  const close = button("act", "Close (Esc)", sign("close"), () => dialog.close());
  const notice = element("p", { class: "notice", attributes: { role: "alert" } });
  const body = element("div", "body");
  const head = element("header", "", title, times, element("span", "gap"), pager, copied, close);
  const dialog = element(
    "dialog",
    {
      tabIndex: -1,
      attributes: { role: "dialog", "aria-labelledby": "kind", "aria-describedby": "message" },
      on: {
        close: () => closed(),
        keydown(event) {
          // The app's own shortcuts do not hear what is typed here.
          event.stopPropagation();
          if (event.altKey || event.ctrlKey || event.metaKey || (event.target as Element).closest?.("pre")) return;
          if (event.key === "ArrowLeft") turn(-1);
          if (event.key === "ArrowRight") turn(1);
        },
        click(event) {
          if (event.target === dialog) dialog.close();
        },
      },
    },
    element("div", "sheet", head, notice, body),
  );
  title.id = "kind";

  const stackOptions: StackOptions = {
    base,
    open: (place) => void openEditor(place),
    look(frame) {
      const old = body.querySelector(".source");
      if (old && frame.frame) old.replaceWith(source(frame, frame.frame));
    },
  };

  function index(): number {
    return Math.max(0, entries.findIndex((e) => e.key === current));
  }

  function turn(by: number): void {
    if (entries.length < 2) return;
    current = entries[(index() + by + entries.length) % entries.length]!.key;
    draw();
  }

  function draw(): void {
    const entry = entries[index()];
    if (!entry) return;
    current = entry.key;
    const { problem } = entry;
    title.textContent = labels[problem.kind] ?? "Error";
    times.textContent = entry.count > 1 ? `${entry.count}×` : "";
    pager.hidden = entries.length < 2;
    at.textContent = `${index() + 1} / ${entries.length}`;
    const state = `${entry.key}\0${problem.componentStack ?? ""}`;
    if (state === drawn) return;
    drawn = state;
    notice.textContent = "";
    body.replaceChildren(...sections(problem, true));
    body.scrollTop = 0;
  }

  /** Everything about a problem; `first`: it is the one at the top, not a cause. */
  function sections(problem: Problem, first: boolean): Node[] {
    const out: Node[] = [];
    const named = problem.title && problem.title !== labels[problem.kind];
    const message = element("pre", { class: "message", tabIndex: 0 });
    if (named) message.append(element("b", "", problem.title), ": ");
    message.append(linked(problem.text));
    if (first) message.id = "message";
    out.push(message);
    if (problem.hint) out.push(element("p", "hint", linked(problem.hint)));
    if (problem.diff) {
      out.push(
        element("p", "legend", element("span", "plus", "+ browser"), element("span", "minus", "− server")),
        difference(problem.diff),
      );
    }
    const holder = element("div", "source");
    const { file, line = 0, column = 0 } = problem;
    if (file) out.push(source({ file, line, column }, problem.frame));
    else out.push(holder);
    if (problem.stack && rawFrames(problem.stack)) out.push(stackSection(problem.stack, holder));
    if (problem.componentStack) out.push(componentSection(problem.componentStack, problem.kind === "hydration" ? holder : undefined));
    if (problem.cause) out.push(element("section", "cause", heading("Caused by"), ...sections(problem.cause, false)));
    return out;
  }

  function heading(text: string): HTMLElement {
    return element("h2", "", text);
  }

  /** A place with the source around it. */
  function source(at: { file: string; line: number; column: number }, frame: string | undefined): HTMLElement {
    const name = at.line ? `${at.file}:${at.line}${at.column ? `:${at.column}` : ""}` : at.file;
    return element(
      "div",
      "source",
      element("div", "where", element("span", "path", name), opener(at, stackOptions)),
      !!frame && sourceFrame(frame),
    );
  }

  /** The stack; the first source of it is shown in holder, unless there is one already. */
  function stackSection(stack: string, holder: HTMLElement): HTMLElement {
    const raw = element("pre", "raw", rawFrames(stack));
    const section = element("section", "stack", heading("Call stack"), raw);
    void originalFrames(base, stack).then((frames) => {
      if (!frames) return;
      raw.replaceWith(frameList(frames, stackOptions));
      fill(holder, frames);
    });
    return section;
  }

  function fill(holder: HTMLElement | undefined, frames: readonly Frame[]): void {
    const best = telling(frames);
    if (holder?.isConnected && best) holder.replaceWith(source(best, best.frame));
  }

  /** Components from the innermost to the root; elements of the browser say little and are left out. */
  function componentSection(stack: string, holder: HTMLElement | undefined): HTMLElement {
    const raw = element("pre", "raw", rawFrames(stack));
    const section = element("section", "stack", heading("Component stack"), raw);
    void originalFrames(base, stack).then((frames) => {
      if (!frames) return;
      const components = frames.filter((f) => /^[A-Z]/.test(f.function));
      // Of Onward's own components nobody wants to know.
      if (!components.some((f) => f.own)) return section.remove();
      raw.replaceWith(frameList(components, stackOptions));
      fill(holder, components);
    });
    return section;
  }

  async function openEditor({ file, line, column }: { file: string; line: number; column: number }): Promise<void> {
    notice.textContent = "";
    const query = new URLSearchParams({ file, line1: String(line || 1), column1: String(column || 1) });
    try {
      const response = await fetch(`${base}/__nextjs_launch-editor?${query}`);
      if (!response.ok) notice.textContent = (await response.text()).slice(0, 1_000);
    } catch {
      notice.textContent = "The development server does not answer.";
    }
  }

  async function copy(): Promise<void> {
    const entry = entries[index()];
    if (!entry) return;
    const text = await plain(base, entry.problem);
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Only secure origins have a clipboard: a computer in the local network has none.
      selectAndCopy(text);
    }
    copied.replaceChildren(sign("done"));
    setTimeout(() => copied.replaceChildren(sign("copy")), 1_200);
  }

  function selectAndCopy(text: string): void {
    const area = element("textarea", "away");
    area.value = text;
    dialog.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  return {
    dialog,
    show(next) {
      // A problem that is new comes to the front.
      const fresh = next.find((e) => !entries.some((old) => old.key === e.key));
      if (fresh && (!entries.length || !next.some((e) => e.key === current) || !dialog.open)) current = fresh.key;
      entries = next;
      draw();
    },
  };
}

/** A problem as text, for an issue or a colleague. */
async function plain(base: string, problem: Problem): Promise<string> {
  const lines = [`${labels[problem.kind]}: ${problem.title}: ${problem.text}`];
  if (problem.file) lines.push(`  ${problem.file}:${problem.line ?? 1}:${problem.column ?? 1}`);
  if (problem.frame) lines.push(problem.frame.trimEnd());
  if (problem.diff) lines.push(problem.diff);
  if (problem.hint) lines.push(`Hint: ${problem.hint}`);
  for (const [name, stack] of [
    ["Call stack", problem.stack],
    ["Component stack", problem.componentStack],
  ] as const) {
    if (!stack) continue;
    const frames = await originalFrames(base, stack);
    lines.push(`${name}:`, ...(frames ? frames.map(frameText) : [rawFrames(stack)]));
  }
  if (problem.cause) lines.push("Caused by:", await plain(base, problem.cause));
  return lines.join("\n");
}

function frameText(f: Frame): string {
  return `    at ${f.function || "(anonymous)"} (${f.file}:${f.line}:${f.column})`;
}
