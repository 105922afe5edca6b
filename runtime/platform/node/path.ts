/** node:path, both flavours. */
import { invalidArgType, requireString } from "../errors";

interface Parsed {
  root: string;
  dir: string;
  base: string;
  ext: string;
  name: string;
}

interface Flavour {
  isSeparator(c: string | undefined): boolean;
  sep: string;
  /** Length of the root ("/" or "C:\" or "\\host\share\"), and the device in it. */
  root(path: string): { length: number; device: string; absolute: boolean };
  windows: boolean;
}

const posixFlavour: Flavour = {
  sep: "/", windows: false,
  isSeparator: (c) => c === "/",
  root: (path) => ({ length: path.startsWith("/") ? 1 : 0, device: "", absolute: path.startsWith("/") }),
};

const win32Flavour: Flavour = {
  sep: "\\", windows: true,
  isSeparator: (c) => c === "/" || c === "\\",
  root(path) {
    const unc = /^[\\/]{2}([^\\/]+)[\\/]+([^\\/]+)([\\/]+|$)/.exec(path);
    if (unc) return { length: unc[0].length, device: `\\\\${unc[1]}\\${unc[2]}`, absolute: true };
    const drive = /^[A-Za-z]:/.exec(path);
    if (drive) {
      const absolute = path[2] === "/" || path[2] === "\\";
      return { length: absolute ? 3 : 2, device: drive[0], absolute };
    }
    const absolute = path[0] === "/" || path[0] === "\\";
    return { length: absolute ? 1 : 0, device: "", absolute };
  },
};

/** Resolves "." and ".." of a path without root. */
function clean(path: string, absolute: boolean, f: Flavour): string {
  const out: string[] = [];
  for (const part of f.windows ? path.split(/[\\/]/) : path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") out.push(part);
    else if (out.length && out[out.length - 1] !== "..") out.pop();
    else if (!absolute) out.push("..");
  }
  return out.join(f.sep);
}

function make(f: Flavour): Path {
  const { sep } = f;

  function normalize(path: string): string {
    requireString(path, "path");
    if (path.length === 0) return ".";
    const { length, device, absolute } = f.root(path);
    const trailing = f.isSeparator(path[path.length - 1]);
    let tail = clean(path.slice(length), absolute, f);
    if (tail.length === 0 && !absolute) tail = ".";
    if (tail.length > 0 && trailing && length < path.length) tail += sep;
    return device + (absolute ? sep : "") + tail;
  }

  function resolve(...args: string[]): string {
    let device = "";
    let tail = "";
    let absolute = false;
    for (let i = args.length - 1; i >= -1 && !(absolute && (device !== "" || !f.windows)); i--) {
      const path = i >= 0 ? args[i]! : process.cwd();
      requireString(path, i >= 0 ? `paths[${i}]` : "path");
      if (path.length === 0) continue;
      const root = f.root(path);
      if (root.device !== "") {
        if (device !== "" && device.toLowerCase() !== root.device.toLowerCase()) continue;
        device ||= root.device;
      }
      if (!absolute) {
        tail = `${path.slice(root.length)}${sep}${tail}`;
        absolute = root.absolute;
      }
    }
    tail = clean(tail, absolute, f);
    return (device + (absolute ? sep : "") + tail) || ".";
  }

  function join(...args: string[]): string {
    const parts: string[] = [];
    for (const arg of args) {
      requireString(arg, "path");
      if (arg.length) parts.push(arg);
    }
    if (!parts.length) return ".";
    let joined = parts.join(sep);
    // Joining must not make a UNC path of what was none.
    if (f.windows && /^[\\/]{2}/.test(joined) && !/^[\\/]{2}[^\\/]/.test(parts[0]!)) joined = joined.replace(/^[\\/]+/, "\\");
    return normalize(joined);
  }

  function relative(from: string, to: string): string {
    requireString(from, "from");
    requireString(to, "to");
    if (from === to) return "";
    const a = resolve(from);
    const b = resolve(to);
    const fold = (s: string): string => (f.windows ? s.toLowerCase() : s);
    if (fold(a) === fold(b)) return "";
    const split = (s: string): string[] => s.split(sep).filter((p) => p !== "");
    const fromParts = split(a);
    const toParts = split(b);
    let same = 0;
    while (same < fromParts.length && same < toParts.length && fold(fromParts[same]!) === fold(toParts[same]!)) same++;
    if (f.windows && same === 0) return b;
    return [...fromParts.slice(same).map(() => ".."), ...toParts.slice(same)].join(sep);
  }

  function lastSeparator(path: string, end: number, from: number): number {
    for (let i = end - 1; i >= from; i--) if (f.isSeparator(path[i])) return i;
    return -1;
  }

  function withoutTrailing(path: string, from: number): number {
    let end = path.length;
    while (end > from && f.isSeparator(path[end - 1])) end--;
    return end;
  }

  function dirname(path: string): string {
    requireString(path, "path");
    if (path.length === 0) return ".";
    const root = f.root(path);
    const at = lastSeparator(path, withoutTrailing(path, root.length), root.length);
    if (at < 0) return root.length ? path.slice(0, root.length) : ".";
    // "//a" keeps both slashes on POSIX.
    if (at === 1 && !f.windows && path.startsWith("//")) return "//";
    let end = at;
    if (f.windows) while (end > root.length && f.isSeparator(path[end - 1])) end--;
    return path.slice(0, Math.max(end, root.length)) || sep;
  }

  function basename(path: string, suffix?: string): string {
    if (suffix !== undefined) requireString(suffix, "suffix");
    requireString(path, "path");
    const start = f.windows && /^[A-Za-z]:/.test(path) ? 2 : 0;
    const end = withoutTrailing(path, start);
    const name = path.slice(Math.max(lastSeparator(path, end, start) + 1, start), end);
    if (suffix && suffix !== name && name.endsWith(suffix)) return name.slice(0, -suffix.length);
    return suffix === path ? "" : name;
  }

  function extname(path: string): string {
    requireString(path, "path");
    const name = basename(path);
    const dot = name.lastIndexOf(".");
    return dot <= 0 || name === ".." ? "" : name.slice(dot);
  }

  function parse(path: string): Parsed {
    requireString(path, "path");
    const length = f.root(path).length;
    const root = path.slice(0, length);
    const rest = path.slice(length);
    const base = rest === "" ? "" : basename(rest);
    const ext = extname(base);
    const end = withoutTrailing(path, length);
    const at = lastSeparator(path, end, length);
    // Node takes the second dot of "/.." for an extension.
    if (!f.windows && length === 1 && at < 0 && base === "..") return { root, dir: root, base, ext: ".", name: "." };
    return { root, dir: at < 0 ? root : path.slice(0, at), base, ext, name: ext ? base.slice(0, -ext.length) : base };
  }

  function format(o: Partial<Parsed>): string {
    if (o === null || typeof o !== "object") throw invalidArgType("pathObject", "Object", o);
    const dir = o.dir || o.root;
    const ext = o.ext ? (o.ext.startsWith(".") ? o.ext : `.${o.ext}`) : "";
    const base = o.base || `${o.name || ""}${ext}`;
    if (!dir) return base;
    return dir === o.root ? `${dir}${base}` : `${dir}${sep}${base}`;
  }

  function toNamespacedPath(path: string): string {
    if (!f.windows || typeof path !== "string" || path.length === 0) return path;
    const full = resolve(path);
    if (/^\\\\[^?.]/.test(full)) return `\\\\?\\UNC\\${full.slice(2)}`;
    return /^[A-Za-z]:\\/.test(full) ? `\\\\?\\${full}` : path;
  }

  return {
    resolve, normalize, join, relative, toNamespacedPath, dirname, basename, extname, format, parse, sep,
    isAbsolute(path: string): boolean {
      requireString(path, "path");
      return f.root(path).absolute;
    },
    matchesGlob: globMatcher(f),
    delimiter: f.windows ? ";" : ":",
  } as Path;
}

/** `*`, `**`, `?`, `[...]` and `{a,b}`. */
function globMatcher(f: Flavour): (path: string, pattern: string) => boolean {
  return (path, pattern) => {
    requireString(path, "path");
    requireString(pattern, "pattern");
    const p = f.windows ? path.replaceAll("\\", "/") : path;
    let source = "";
    let depth = 0;
    for (let i = 0; i < pattern.length; i++) {
      const c = pattern[i]!;
      if (c === "*" && pattern[i + 1] === "*") {
        source += pattern[i + 2] === "/" ? "(?:.*/)?" : ".*";
        i += pattern[i + 2] === "/" ? 2 : 1;
      } else if (c === "*") source += "[^/]*";
      else if (c === "?") source += "[^/]";
      else if (c === "{") {
        source += "(?:";
        depth++;
      } else if (c === "}" && depth > 0) {
        source += ")";
        depth--;
      } else if (c === "," && depth > 0) source += "|";
      else source += c.replace(/[.+^${}()|\\]/g, "\\$&");
    }
    return new RegExp(`^${source}$`).test(p);
  };
}

export interface Path {
  resolve(...args: string[]): string;
  normalize(path: string): string;
  isAbsolute(path: string): boolean;
  join(...args: string[]): string;
  relative(from: string, to: string): string;
  toNamespacedPath(path: string): string;
  dirname(path: string): string;
  basename(path: string, suffix?: string): string;
  extname(path: string): string;
  format(o: Partial<Parsed>): string;
  parse(path: string): Parsed;
  matchesGlob(path: string, pattern: string): boolean;
  sep: string;
  delimiter: string;
  posix: Path;
  win32: Path;
}

export const posix = make(posixFlavour);
export const win32 = make(win32Flavour);
for (const flavour of [posix, win32]) {
  flavour.posix = posix;
  flavour.win32 = win32;
}
export const pathModule = posix;
