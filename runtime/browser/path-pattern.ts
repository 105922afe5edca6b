/**
 * Path patterns of next.config ("/blog/:slug", "/docs/:path*", "/:id(\\d+)"):
 * matching a path and filling one in. The server has its own (internal/rules),
 * which also checks them; here they are known to be good.
 */

export type PathParams = Record<string, string | string[]>;

interface Part {
  /** Number of the group when it has no name. */
  name: string | number;
  prefix: string;
  suffix: string;
  pattern: string;
  /** "", "?", "*" or "+". */
  modifier: string;
}
type Token = string | Part;

const segment = "[^\\/#\\?]+?";

/** Texts and parameters of a pattern, in order. */
function parse(source: string): Token[] {
  const tokens: Token[] = [];
  let text = "";
  let at = 0;
  let unnamed = 0;

  /** ":name" at the current place, without the colon. */
  const name = () => {
    const found = /^:(\w+)/.exec(source.slice(at))?.[1];
    if (found) at += found.length + 1;
    return found;
  };
  /** "(pattern)" at the current place, without its brackets. */
  const group = () => {
    if (source[at] !== "(") return;
    const start = ++at;
    for (let depth = 1; depth && at < source.length; at++) {
      if (source[at] === "\\") at++;
      else if (source[at] === "(") depth++;
      else if (source[at] === ")") depth--;
    }
    return source.slice(start, at - 1);
  };
  const literal = () => {
    if (source[at] === "\\") at++;
    return source[at++] ?? "";
  };
  const push = (prefix: string, key: string | undefined, pattern: string | undefined, suffix: string) => {
    const modifier = /[?*+]/.test(source[at] ?? "") ? source[at++]! : "";
    if (text) tokens.push(text);
    text = "";
    if (key !== undefined || pattern !== undefined || modifier) {
      tokens.push({ name: key ?? unnamed++, prefix, suffix, pattern: pattern ?? (key ? segment : ""), modifier });
    } else text = prefix + suffix;
  };

  while (at < source.length) {
    if (source[at] === "{") {
      at++;
      const until = (end: RegExp) => {
        let out = "";
        while (at < source.length && !end.test(source[at]!)) out += literal();
        return out;
      };
      const prefix = until(/[:({}]/);
      const key = name();
      const pattern = group();
      const suffix = until(/[{}]/);
      at++;
      push(prefix, key, pattern, suffix);
      continue;
    }
    // A slash or dot before a parameter belongs to it: both may be absent.
    const before = /[./]/.test(source[at]!) && /[:(]/.test(source[at + 1] ?? "") ? source[at++]! : "";
    const start = at;
    const key = name();
    const pattern = group();
    if (key !== undefined || pattern !== undefined) push(before, key, pattern, "");
    else {
      at = start;
      text += before || literal();
    }
  }
  if (text) tokens.push(text);
  return tokens;
}

function escape(text: string): string {
  return text.replace(/[.+*?=^!:${}()[\]|/\\]/g, "\\$&");
}

function sourceOf(token: Token): string {
  if (typeof token === "string") return escape(token);
  const { pattern, modifier } = token;
  const prefix = escape(token.prefix);
  const suffix = escape(token.suffix);
  const repeats = modifier === "*" || modifier === "+";
  if (!prefix && !suffix) return repeats ? `((?:${pattern})${modifier})` : `(${pattern})${modifier}`;
  if (!repeats) return `(?:${prefix}(${pattern})${suffix})${modifier}`;
  return `(?:${prefix}((?:${pattern})(?:${suffix}${prefix}(?:${pattern}))*)${suffix})${modifier === "*" ? "?" : ""}`;
}

/** Named params of a path, still encoded; undefined when the pattern does not match all of it. Case does not count. */
export function matchPattern(source: string, path: string): PathParams | undefined {
  const tokens = parse(source);
  const found = new RegExp(`^${tokens.map(sourceOf).join("")}$`, "i").exec(path);
  if (!found) return;
  const params: PathParams = {};
  let group = 1;
  for (const token of tokens) {
    if (typeof token === "string") continue;
    const value = found[group];
    // Groups inside of a custom pattern count too.
    group += 1 + groupsIn(token.pattern);
    if (value === undefined || typeof token.name === "number") continue;
    params[token.name] = /[*+]/.test(token.modifier) ? value.split(token.prefix + token.suffix) : value;
  }
  return params;
}

function groupsIn(pattern: string): number {
  return new RegExp(pattern + "|").exec("")!.length - 1;
}

/** The path of a pattern with params in place; undefined when one is missing or has too many values. */
export function fillPattern(source: string, params: PathParams): string | undefined {
  let path = "";
  for (const token of parse(source)) {
    if (typeof token === "string") {
      path += token;
      continue;
    }
    const value = params[token.name];
    const many = /[*+]/.test(token.modifier);
    if (Array.isArray(value) && !many) return;
    const values = value === undefined ? [] : Array.isArray(value) ? value : [value];
    if (!values.length && !/[?*]/.test(token.modifier)) return;
    for (const one of values) path += token.prefix + one + token.suffix;
  }
  return path;
}

/** The same in a query value, where a param that is not known stays as it is. */
export function fillText(text: string, params: PathParams): string {
  return text.replace(/:(\w+)([?*+]?)/g, (whole, name: string, _modifier, at: number) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    if (value === undefined) return whole;
    // Only what begins the text is a path of its own.
    return Array.isArray(value) ? value.join(at === 0 ? "/" : "") : value;
  });
}

/** Names of the parameters of a pattern. */
export function patternNames(source: string): string[] {
  return parse(source).flatMap((token) => (typeof token === "string" ? [] : [String(token.name)]));
}
