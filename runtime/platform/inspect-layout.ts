/** How util.inspect lays out the parts of an object: on one line, in columns, or one a line. */
import { invalidArgType } from "./errors";
import type { Context } from "./inspect";

/** What kind of object the parts belong to. */
export const enum Kind { Object, Array, ArrayExtras }

// eslint-disable-next-line no-control-regex
const ansi = /[\u001b\u009b](?:\][^\u0007]*(?:\u0007|\u001b\\)|[[()#;?]*(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~])/g;

export function stripVTControlCharacters(text: string): string {
  if (typeof text !== "string") throw invalidArgType("str", "string", text);
  return text.replace(ansi, "");
}

export function visibleLength(text: string, hasColors: boolean): number {
  return hasColors ? stripVTControlCharacters(text).length : text.length;
}

export function reduce(ctx: Context, output: string[], base: string, braces: [string, string], kind: Kind, recurseTimes: number, value?: object): string {
  if (ctx.compact !== true) {
    const count = output.length;
    if (ctx.compact >= 1 && kind === Kind.ArrayExtras && count > 6) output = groupElements(ctx, output, value);
    // Combine the innermost levels on one line, as long as it is short.
    if (ctx.compact >= 1 && ctx.currentDepth - recurseTimes < ctx.compact && count === output.length) {
      const start = output.length + ctx.indentation + braces[0].length + base.length + 10;
      if (fitsOneLine(ctx, output, start, base)) {
        const joined = output.join(", ");
        if (!joined.includes("\n")) return `${base ? `${base} ` : ""}${braces[0]} ${joined} ${braces[1]}`;
      }
    }
    const indentation = `\n${" ".repeat(ctx.indentation)}`;
    return `${base ? `${base} ` : ""}${braces[0]}${indentation}  ${output.join(`,${indentation}  `)}${indentation}${braces[1]}`;
  }
  if (fitsOneLine(ctx, output, 0, base)) return `${braces[0]}${base ? ` ${base}` : ""} ${output.join(", ")} ${braces[1]}`;
  const indentation = " ".repeat(ctx.indentation);
  const line = base === "" && braces[0].length === 1 ? " " : `${base ? ` ${base}` : ""}\n${indentation}  `;
  return `${braces[0]}${line}${output.join(`,\n${indentation}  `)} ${braces[1]}`;
}

function fitsOneLine(ctx: Context, output: string[], start: number, base: string): boolean {
  let total = output.length + start;
  if (total + output.length > ctx.breakLength) return false;
  for (const part of output) {
    total += visibleLength(part, ctx.colors);
    if (total > ctx.breakLength) return false;
  }
  return base === "" || !base.includes("\n");
}

/** Columns for long arrays of short things. */
function groupElements(ctx: Context, output: string[], value: object | undefined): string[] {
  let total = 0;
  let longest = 0;
  let count = output.length;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    if (output[count - 1]!.startsWith("... ") && output[count - 1]!.includes(" more item")) count--;
  } else if (output[count - 1]!.startsWith("... ")) count--;
  const gap = 2;
  const lengths: number[] = [];
  for (let i = 0; i < count; i++) {
    const length = displayWidth(ctx.colors ? stripVTControlCharacters(output[i]!) : output[i]!);
    lengths.push(length);
    total += length + gap;
    if (longest < length) longest = length;
  }
  const actual = longest + gap;
  if (actual * 3 + ctx.indentation >= ctx.breakLength || !(total / actual > 5 || longest <= 6)) return output;
  // A character is about 2.5 times as high as wide: aim at a square block.
  const biased = Math.max(actual - 3 - Math.sqrt(actual - total / output.length), 1);
  const columns = Math.min(
    Math.round(Math.sqrt(2.5 * biased * count) / biased),
    Math.floor((ctx.breakLength - ctx.indentation) / actual),
    (ctx.compact as number) * 4,
    15,
  );
  if (columns <= 1) return output;
  const grouped: string[] = [];
  const widths: number[] = [];
  for (let i = 0; i < columns; i++) {
    let width = 0;
    for (let j = i; j < count; j += columns) if (lengths[j]! > width) width = lengths[j]!;
    widths.push(width + gap);
  }
  const numeric = value !== undefined && (Array.isArray(value) ? value.every((v) => typeof v === "number" || typeof v === "bigint") : ArrayBuffer.isView(value));
  for (let i = 0; i < count; i += columns) {
    const end = Math.min(i + columns, count);
    let line = "";
    let j = i;
    for (; j < end - 1; j++) {
      const cell = `${output[j]}, `;
      const fill = " ".repeat(Math.max(0, widths[j - i]! - lengths[j]! - gap));
      line += numeric ? fill + cell : cell + fill;
    }
    if (numeric) line += " ".repeat(Math.max(0, widths[j - i]! - gap - lengths[j]!)) + output[j];
    else line += output[j];
    grouped.push(line);
  }
  if (count < output.length) grouped.push(output[count]!);
  return grouped;
}

/** Columns a text takes on a terminal: wide East Asian characters and emoji take two. */
export function displayWidth(text: string): number {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  let width = 0;
  for (const char of text.normalize("NFC")) {
    const code = char.codePointAt(0)!;
    if (code < 32 || (code >= 0x7f && code < 0xa0) || (code >= 0x300 && code <= 0x36f) || (code >= 0x200b && code <= 0x200f) || (code >= 0xfe00 && code <= 0xfe0f)) continue;
    width += wide(code) ? 2 : 1;
  }
  return width;
}

function wide(c: number): boolean {
  return (
    c >= 0x1100 &&
    (c <= 0x115f || c === 0x2329 || c === 0x232a || (c >= 0x2e80 && c <= 0x3247 && c !== 0x303f) || (c >= 0x3250 && c <= 0x4dbf) ||
      (c >= 0x4e00 && c <= 0xa4c6) || (c >= 0xa960 && c <= 0xa97c) || (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
      (c >= 0xfe30 && c <= 0xfe6b) || (c >= 0xff01 && c <= 0xff60) || (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1f64f) ||
      (c >= 0x1f900 && c <= 0x1f9ff) || (c >= 0x20000 && c <= 0x3fffd))
  );
}
