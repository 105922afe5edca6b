/** node:querystring. */
import { codedError } from "../errors";

type Query = Record<string, string | string[]>;

// Escapes as encodeURIComponent, with lone surrogates as an error.
export function escape(value: unknown): string {
  const text = typeof value === "string" ? value : typeof value === "object" ? String(value) : `${value as string}`;
  try {
    return encodeURIComponent(text);
  } catch {
    throw codedError("ERR_INVALID_URI", "URI malformed", URIError);
  }
}

export function unescapeBuffer(text: string, decodeSpaces?: boolean): Uint8Array {
  const bytes = __native.encode(text);
  let to = 0;
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i]!;
    if (c === 43 && decodeSpaces) bytes[to++] = 32;
    else if (c === 37) {
      const hex = String.fromCharCode(bytes[i + 1] ?? 0, bytes[i + 2] ?? 0);
      if (/^[0-9a-fA-F]{2}$/.test(hex)) {
        bytes[to++] = parseInt(hex, 16);
        i += 2;
      } else bytes[to++] = c;
    } else bytes[to++] = c;
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, to);
}

export function unescape(text: string, decodeSpaces?: boolean): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return __native.decode(unescapeBuffer(text, decodeSpaces), false);
  }
}

function primitive(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  return "";
}

export function stringify(object: unknown, sep?: string | null, eq?: string | null, options?: { encodeURIComponent?: (text: string) => string }): string {
  const between = sep || "&";
  const equals = eq || "=";
  const encode = typeof options?.encodeURIComponent === "function" ? options.encodeURIComponent : querystringModule.escape;
  const put = (v: unknown): string => {
    const text = primitive(v);
    return text === "" ? "" : encode(text);
  };
  if (object === null || typeof object !== "object") return "";
  const parts: string[] = [];
  for (const [key, value] of Object.entries(object)) {
    const name = `${encode(primitive(key))}${equals}`;
    if (Array.isArray(value)) for (const item of value) parts.push(name + put(item));
    else parts.push(name + put(value));
  }
  return parts.join(between);
}

export function parse(text: unknown, sep?: string | null, eq?: string | null, options?: { maxKeys?: number; decodeURIComponent?: (text: string) => string }): Query {
  const query = Object.create(null) as Query;
  if (typeof text !== "string" || text.length === 0) return query;
  const between = sep ? String(sep) : "&";
  const equals = eq ? String(eq) : "=";
  const custom = options?.decodeURIComponent;
  const decode = typeof custom === "function" ? custom : querystringModule.unescape;
  const undo = (piece: string): string => {
    const spaced = piece.includes("+") ? piece.replaceAll("+", " ") : piece;
    if (decode === unescape && !spaced.includes("%")) return spaced;
    try {
      return decode(spaced);
    } catch {
      return unescape(spaced, true);
    }
  };
  const most = options?.maxKeys === undefined ? 1000 : options.maxKeys > 0 ? options.maxKeys : -1;
  let count = 0;
  for (const piece of text.split(between)) {
    if (piece === "") continue;
    if (most > 0 && count++ >= most) break;
    const at = piece.indexOf(equals);
    const name = undo(at < 0 ? piece : piece.slice(0, at));
    const value = at < 0 ? "" : undo(piece.slice(at + equals.length));
    const before = query[name];
    if (before === undefined) query[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else query[name] = [before, value];
  }
  return query;
}

export const querystringModule = { escape, unescape, unescapeBuffer, stringify, parse, encode: stringify, decode: parse };
