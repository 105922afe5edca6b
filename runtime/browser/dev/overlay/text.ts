/** Text of problems as elements: messages with links, source frames, differences of trees. */
import { element } from "./element";

/** Links are looked for in this many characters: a message may be a whole page. */
const mostLinked = 20_000;

/** A message whose addresses can be clicked. */
export function linked(text: string): DocumentFragment {
  const out = document.createDocumentFragment();
  const head = text.slice(0, mostLinked);
  let last = 0;
  for (const match of head.matchAll(/https?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}]/g)) {
    out.append(head.slice(last, match.index));
    out.append(
      element("a", { attributes: { href: match[0], target: "_blank", rel: "noopener noreferrer" } }, match[0]),
    );
    last = match.index + match[0].length;
  }
  out.append(text.slice(last));
  return out;
}

/** Source lines with their numbers: the marked line stands out, the place below it is drawn. */
export function sourceFrame(frame: string): HTMLElement {
  const lines = frame.replace(/\n$/, "").split("\n").map(readLine);
  const common = Math.min(...lines.filter((l) => l.code.trim() && !l.caret).map((l) => /^\s*/.exec(l.code)![0].length));
  const cut = Number.isFinite(common) && lines.every((l) => !l.code.slice(0, common).trim()) ? common : 0;
  const box = element("pre", { class: "frame", tabIndex: 0, attributes: { "aria-label": "Source" } });
  for (const line of lines) {
    const code = line.code.slice(cut);
    box.append(
      element(
        "span",
        line.caret ? "line caret" : line.marked ? "line marked" : "line",
        element("span", "number", line.number),
        element("span", "code", line.caret ? code : highlighted(code)),
      ),
    );
  }
  return box;
}

interface Line {
  number: string;
  code: string;
  marked: boolean;
  caret: boolean;
}

function readLine(text: string): Line {
  const match = /^([> ])\s*(\d*)\s\| ?(.*)$/.exec(text);
  if (!match) return { number: "", code: text, marked: false, caret: false };
  const [, lead, number, code] = match as unknown as [string, string, string, string];
  return { number, code, marked: lead === ">", caret: !number };
}

const token =
  /(\/\/.*|\/\*.*?(?:\*\/|$)|\{\/\*.*?\*\/\})|("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|`(?:[^`\\]|\\.)*`?)|=>|(<\/?[A-Za-z][\w.-]*|\/?>)|\b(import|from|export|default|const|let|var|function|async|await|return|if|else|for|while|do|switch|case|break|continue|new|throw|try|catch|finally|class|extends|typeof|instanceof|in|of|null|undefined|true|false|this|type|interface|as|satisfies|void|yield)\b|\b(\d[\w.]*)\b/g;
const tokenClasses = ["comment", "string", "tag", "keyword", "digit"];

/** Colours for a line of source. It sees one line, so it guesses; colour is all that may be wrong. */
function highlighted(code: string): DocumentFragment {
  const out = document.createDocumentFragment();
  let last = 0;
  for (const match of code.slice(0, 500).matchAll(token)) {
    out.append(code.slice(last, match.index));
    const kind = match.slice(1).findIndex((group) => group !== undefined);
    out.append(kind < 0 ? match[0] : element("span", tokenClasses[kind]!, match[0]));
    last = match.index + match[0].length;
  }
  out.append(code.slice(last));
  return out;
}

/** React's drawing of two trees: what only the browser has with +, what only the server had with -. */
export function difference(diff: string): HTMLElement {
  const box = element("pre", { class: "frame", tabIndex: 0, attributes: { "aria-label": "Difference" } });
  for (const text of diff.split("\n")) {
    const side = text.startsWith("+") ? "line added" : text.startsWith("-") ? "line removed" : text.startsWith(">") ? "line marked" : "line";
    box.append(element("span", side, element("span", "code", text || " ")));
  }
  return box;
}
