/** Elements of the overlay, made without a framework: nothing here may depend on the app's React. */

type Child = Node | string | false | undefined;

type Props<K extends keyof HTMLElementTagNameMap> = {
  /** Attributes; undefined and false are left out. */
  attributes?: Record<string, string | number | boolean | undefined>;
  on?: { [E in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[E]) => void };
  class?: string;
} & Partial<Pick<HTMLElementTagNameMap[K], "title" | "tabIndex">>;

/** Makes an element. Children that are text become text, never HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  props: Props<K> | string,
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  const { attributes = {}, on = {}, class: classes, ...rest }: Props<K> =
    typeof props === "string" ? ({ class: props } as Props<K>) : props;
  if (classes) made.className = classes;
  Object.assign(made, rest);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : String(value));
  }
  for (const [type, listener] of Object.entries(on)) made.addEventListener(type, listener as EventListener);
  made.append(...children.filter((c) => c !== undefined && c !== false));
  return made;
}

/** A button with a label for those who do not see its sign. */
export function button(classes: string, label: string, sign: Child, press: () => void): HTMLButtonElement {
  return element(
    "button",
    { class: classes, title: label, attributes: { type: "button", "aria-label": label }, on: { click: press } },
    sign,
  );
}

/** Paths of the signs, in a square of 16. */
const signs = {
  close: "M4 4l8 8M12 4l-8 8",
  left: "M10 3.5L5.5 8l4.5 4.5",
  right: "M6 3.5L10.5 8 6 12.5",
  copy: "M5.5 5.5V3h7.5v7.5h-2.5M3 5.5h7.5V13H3z",
  done: "M3 8.5l3.2 3.2L13 4.8",
  open: "M9.5 3H13v3.5M13 3L7.5 8.5M7 3.5H3.5v9h9V9",
} as const;

export type Sign = keyof typeof signs;

export function sign(name: Sign): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  for (const [key, value] of [
    ["viewBox", "0 0 16 16"],
    ["width", "16"],
    ["height", "16"],
    ["aria-hidden", "true"],
  ] as const)
    svg.setAttribute(key, value);
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", signs[name]);
  svg.append(path);
  return svg;
}
