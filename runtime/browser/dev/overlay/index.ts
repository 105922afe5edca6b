/**
 * Shows the problems of the app over the page: a panel, a badge that brings it
 * back, and a small mark while the server compiles. It lives in a closed shadow
 * root, so styles of page and overlay never meet, and its style sheet is made by
 * script, which no Content-Security-Policy of the app refuses.
 */
import { dismiss, state, subscribe } from "../problems";
import { button, element, sign } from "./element";
import { createPanel } from "./panel";
import type { Panel } from "./panel";
import { sheet } from "./style";

/** A problem that is gone within this time, in milliseconds, was not worth a look. */
const patience = 50;
/** Compiling that takes less shows no mark. */
const busyPatience = 150;

interface View {
  host: HTMLElement;
  panel: Panel;
  badge: HTMLElement;
  label: HTMLElement;
  drop: HTMLElement;
  mark: HTMLElement;
  live: HTMLElement;
}

/** Starts to show what problems.ts knows. base is the app's basePath. */
export function startOverlay(base: string): void {
  let view: View | undefined;
  /** state().news when the user last closed the panel. */
  let seen = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** When timer calls. */
  let due = Infinity;
  let busySince: number | undefined;
  let markHidden = false;
  /** The panel is closed from here and not by the user. */
  let closing = false;

  function create(): View {
    const host = document.createElement("onward-overlay");
    const root = host.attachShadow({ mode: "closed" });
    root.adoptedStyleSheets = [sheet()];
    const panel = createPanel({
      base,
      closed() {
        if (!closing) seen = state().news;
        closing = false;
        draw();
      },
    });
    const label = element("span", "label");
    const open = element(
      "button",
      {
        class: "reopen",
        attributes: { type: "button" },
        on: {
          click() {
            seen = state().news - 1;
            draw();
          },
        },
      },
      element("span", "dot"),
      label,
    );
    const drop = button("drop", "Dismiss", sign("close"), dismiss);
    const badge = element("div", "badge", open, drop);
    const mark = element("div", { class: "mark", title: "Compiling", attributes: { "aria-hidden": "true" } });
    const live = element("div", { class: "away", attributes: { role: "status", "aria-live": "polite" } });
    root.append(panel.dialog, badge, mark, live);
    return { host, panel, badge, label, drop, mark, live };
  }

  function draw(): void {
    clearTimeout(timer);
    due = Infinity;
    const { entries, busy, news, settings } = state();
    busySince = busy ? (busySince ?? performance.now()) : undefined;
    const markable = busy && !markHidden && settings.indicator !== false;
    const marked = markable && performance.now() - busySince! >= busyPatience;
    if (markable && !marked) soon(busyPatience);
    const open = entries.length > 0 && news > seen;
    if (!view && !entries.length && !marked) return;
    view ??= create();
    const { host, panel, badge, label, drop, mark, live } = view;
    // Frameworks and tests may have emptied the document.
    if (!host.isConnected) {
      // Out of the document it was no longer above the page.
      if (panel.dialog.open) close(panel);
      document.documentElement.append(host);
    }
    host.dataset["position"] = settings.indicator || "bottom-left";

    if (entries.length) panel.show(entries);
    if (open && !panel.dialog.open) {
      panel.dialog.showModal();
      panel.dialog.focus(); // and not its first button
    }
    if (!open && panel.dialog.open) close(panel);
    badge.hidden = open || !entries.length;
    drop.hidden = entries.some((e) => e.problem.kind === "build");
    mark.hidden = !marked || !badge.hidden;
    const text = entries.length === 1 ? "1 problem" : `${entries.length} problems`;
    label.textContent = text;
    const said = entries.length ? `${text}: ${entries[0]!.problem.text.slice(0, 200)}` : "";
    if (live.textContent !== said) live.textContent = said;
    if (!entries.length && !marked) host.remove();
  }

  function close(panel: Panel): void {
    closing = true; // the event comes later
    panel.dialog.close();
  }

  function soon(wait: number): void {
    const at = performance.now() + wait;
    if (due <= at) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(draw, wait);
  }

  subscribe(() => {
    // What is on the screen changes at once; what is not there yet waits.
    if (view?.host.isConnected) draw();
    else soon(patience);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && view?.host.isConnected && !view.mark.hidden) {
      markHidden = true;
      draw();
    }
  });
  if (state().entries.length || state().busy) soon(patience);
}
