/** Primitives as util.inspect shows them. */
import type { Context } from "./inspect";

export const controlNames: Record<number, string> = { 8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 92: "\\\\" };

/** A quoted string, with the quote that needs the fewest escapes. */
export function quoteString(text: string): string {
  let quote = "'";
  if (text.includes("'")) {
    if (!text.includes('"')) quote = '"';
    else if (!text.includes("`") && !text.includes("${")) quote = "`";
  }
  // eslint-disable-next-line no-control-regex
  const body = text.replace(/[\u0000-\u001f\u007f-\u009f\\'\ud800-\udfff]/g, (c, at: number) => {
    if (c === "'") return quote === "'" ? "\\'" : c;
    const code = c.charCodeAt(0);
    if (code >= 0xd800) {
      const isPair = code < 0xdc00 ? isLow(text.charCodeAt(at + 1)) : isHigh(text.charCodeAt(at - 1));
      return isPair ? c : `\\u${code.toString(16)}`;
    }
    return controlNames[code] ?? `\\x${code.toString(16).toUpperCase().padStart(2, "0")}`;
  });
  return quote + body + quote;
}
const isHigh = (c: number): boolean => c >= 0xd800 && c <= 0xdbff;
const isLow = (c: number): boolean => c >= 0xdc00 && c <= 0xdfff;

export function formatNumber(n: number | string, separator: boolean): string {
  const text = Object.is(n, -0) ? "-0" : String(n);
  if (!separator || /[eIN]/.test(text)) return text;
  const [whole, part] = text.split(".");
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, "_");
  return part === undefined ? grouped : `${grouped}.${part.replace(/(\d{3})(?=\d)/g, "$1_")}`;
}

export function formatPrimitive(ctx: Context, value: unknown): string {
  switch (typeof value) {
    case "string": {
      let trailer = "";
      let text = value;
      if (text.length > ctx.maxStringLength) {
        const more = text.length - ctx.maxStringLength;
        text = text.slice(0, ctx.maxStringLength);
        trailer = `... ${more} more character${more > 1 ? "s" : ""}`;
      }
      if (ctx.compact !== true && text.length > 16 && text.length > ctx.breakLength - ctx.indentation - 4) {
        const lines = text.split(/(?<=\n)/);
        return lines.map((l) => ctx.stylize(quoteString(l), "string")).join(` +\n${" ".repeat(ctx.indentation + 2)}`) + trailer;
      }
      return ctx.stylize(quoteString(text), "string") + trailer;
    }
    case "number": return ctx.stylize(formatNumber(value, ctx.numericSeparator), "number");
    case "bigint": return ctx.stylize(formatNumber(String(value), ctx.numericSeparator) + "n", "bigint");
    case "boolean": return ctx.stylize(String(value), "boolean");
    case "undefined": return ctx.stylize("undefined", "undefined");
    default: return ctx.stylize(symbolText(value as symbol), "symbol");
  }
}

export function symbolText(s: symbol): string {
  return s.toString().replace(/[\u0000-\u001f'\\]/g, (c) => controlNames[c.charCodeAt(0)] ?? (c === "'" ? c : `\\x${c.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`));
}
