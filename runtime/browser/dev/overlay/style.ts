/** The look of the overlay, light and dark. */

const css = `
:host {
  all: initial;
  --ground: #ffffff; --ground-2: #f6f6f7; --line: #e4e4e7; --ink: #18181b; --soft: #63636e;
  --red: #d4202f; --red-ground: #fdecee; --green: #12703a; --green-ground: #e7f6ec; --blue: #0b5fce;
  --keyword: #8a2bb8; --string: #12703a; --tag: #0b5fce; --digit: #a04a00; --veil: rgb(24 24 27 / 0.45);
  --shadow: 0 1px 2px rgb(0 0 0 / 0.08), 0 16px 48px rgb(0 0 0 / 0.24);
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :host {
    --ground: #131316; --ground-2: #1b1b20; --line: #2e2e36; --ink: #ededf0; --soft: #a0a0ab;
    --red: #ff6b76; --red-ground: #351a1e; --green: #5cd08a; --green-ground: #14301f; --blue: #6cb0ff;
    --keyword: #cf9bff; --string: #7ed49b; --tag: #6cb0ff; --digit: #f0a86b; --veil: rgb(0 0 0 / 0.6);
    --shadow: 0 0 0 1px rgb(255 255 255 / 0.08), 0 16px 48px rgb(0 0 0 / 0.7);
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.away { position: fixed; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

dialog {
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--ink);
  width: min(920px, calc(100vw - 24px)); max-width: none; max-height: min(85vh, 860px);
  margin: max(12px, 9vh) auto auto; padding: 0; border: 0; border-radius: 12px; overflow: hidden;
  background: var(--ground); box-shadow: var(--shadow); outline: none;
}
dialog[open] { display: flex; }
dialog::backdrop { background: var(--veil); }
.sheet { display: flex; flex-direction: column; min-width: 0; flex: 1; border-top: 3px solid var(--red); }
header { display: flex; align-items: center; gap: 8px; padding: 10px 12px 10px 20px; border-bottom: 1px solid var(--line); }
.kind { color: var(--red); font-weight: 600; }
.times { color: var(--soft); font-variant-numeric: tabular-nums; }
.gap { flex: 1; }
.pager { display: inline-flex; align-items: center; gap: 2px; color: var(--soft); font-variant-numeric: tabular-nums; }
.at { min-width: 3em; text-align: center; }

button { font: inherit; color: inherit; background: none; border: 0; margin: 0; cursor: pointer; border-radius: 6px; }
button:focus-visible, pre:focus-visible, summary:focus-visible, a:focus-visible { outline: 2px solid var(--blue); outline-offset: 1px; }
svg { display: block; fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
.turn, .act, .open, .drop { display: inline-flex; padding: 5px; color: var(--soft); }
.turn:hover, .act:hover, .open:hover, .drop:hover { color: var(--ink); background: var(--ground-2); }

.notice { margin: 0; padding: 8px 20px; background: var(--red-ground); color: var(--ink); white-space: pre-wrap; }
.notice:empty { display: none; }
.body { padding: 16px 20px 20px; overflow: auto; overscroll-behavior: contain; }
pre { margin: 0; font: 13px/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; tab-size: 2; }
.message { font-size: 14px; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 34vh; overflow: auto; }
.message b { font-weight: 700; }
a { color: var(--blue); text-underline-offset: 2px; }
.hint { margin: 10px 0 0; color: var(--soft); }

.source { margin-top: 16px; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.source:empty { display: none; }
.where { display: flex; align-items: center; padding: 4px 6px 4px 12px; background: var(--ground-2); }
.path { flex: 1; font: 12px/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; color: var(--soft); overflow-wrap: anywhere; }
.frame { padding: 8px 0; overflow-x: auto; }
.source .frame { border-top: 1px solid var(--line); }
.frame .line { display: block; width: max-content; min-width: 100%; padding-right: 16px; white-space: pre; }
.number { display: inline-block; width: 4.5ch; margin-right: 2ch; text-align: right; color: var(--soft); opacity: 0.7; user-select: none; }
.marked { background: var(--red-ground); box-shadow: inset 3px 0 var(--red); }
.marked .number { color: var(--red); opacity: 1; }
.caret { color: var(--red); line-height: 1.1; }
.comment { color: var(--soft); } .string { color: var(--string); } .keyword { color: var(--keyword); }
.tag { color: var(--tag); } .digit { color: var(--digit); }

.legend { display: flex; gap: 16px; margin: 16px 0 6px; font-size: 12px; }
.plus { color: var(--green); } .minus { color: var(--red); }
.legend + .frame { border: 1px solid var(--line); border-radius: 8px; max-height: 44vh; overflow: auto; }
.legend + .frame .line { padding-left: 12px; }
.added { background: var(--green-ground); color: var(--green); }
.removed { background: var(--red-ground); color: var(--red); }

section { margin-top: 20px; }
h2 { margin: 0 0 6px; font-size: 12px; font-weight: 600; color: var(--soft); }
.raw { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 12px; color: var(--soft); max-height: 30vh; overflow: auto; }
.frames { list-style: none; margin: 0; padding: 0; }
.frames .frames { padding-left: 16px; }
.own { display: flex; align-items: center; border-radius: 6px; margin: 0 -8px; }
.own:hover { background: var(--ground-2); }
.look { flex: 1; min-width: 0; display: flex; flex-wrap: wrap; gap: 0 12px; padding: 3px 8px; text-align: left; }
.foreign { display: flex; flex-wrap: wrap; gap: 0 12px; padding: 2px 0; color: var(--soft); }
.function { font: 13px/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.place { font: 12px/1.7 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; color: var(--soft); overflow-wrap: anywhere; }
summary { color: var(--soft); font-size: 13px; padding: 3px 0; cursor: pointer; width: fit-content; }
.cause { border-top: 1px solid var(--line); padding-top: 16px; }

.badge, .mark { position: fixed; z-index: 2147483647; }
:host([data-position^="bottom"]) :is(.badge, .mark) { bottom: 16px; }
:host([data-position^="top"]) :is(.badge, .mark) { top: 16px; }
:host([data-position$="left"]) :is(.badge, .mark) { left: 16px; }
:host([data-position$="right"]) :is(.badge, .mark) { right: 16px; }
.badge {
  display: flex; align-items: center; padding: 3px; border-radius: 999px;
  font: 13px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  color: var(--ink); background: var(--ground); box-shadow: 0 0 0 1px var(--line), 0 4px 16px rgb(0 0 0 / 0.16);
}
.badge button { border-radius: 999px; }
.reopen { display: flex; align-items: center; gap: 8px; padding: 5px 12px; }
.reopen:hover { background: var(--ground-2); }
.dot { width: 8px; height: 8px; border-radius: 50%; background: var(--red); }
.mark {
  width: 14px; height: 14px; border-radius: 50%; border: 2px solid var(--line); border-top-color: var(--ink);
  background: var(--ground); animation: turn 0.8s linear infinite;
}
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { .mark { animation: none; } }
@media print { :host { display: none !important; } }
`;

let made: CSSStyleSheet | undefined;

/** The style sheet, made once. */
export function sheet(): CSSStyleSheet {
  if (!made) {
    made = new CSSStyleSheet();
    made.replaceSync(css);
  }
  return made;
}
