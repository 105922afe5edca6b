/**
 * The URL Standard's parser and serialiser over a plain record. Instead of
 * walking a state machine character by character it cuts fragment and query
 * off first and then takes authority and path apart with substring searches.
 */
import { callText } from "../host";

export interface URLRecord {
  scheme: string;
  username: string;
  password: string;
  /** null: none. Serialised form, IPv6 with brackets. */
  host: string | null;
  /** "" means none or the scheme's default. */
  port: string;
  /** A list of segments, or a string for opaque paths ("mailto:x"). */
  path: string[] | string;
  query: string | null;
  fragment: string | null;
}

const defaultPorts: Record<string, string> = { "http:": "80", "https:": "443", "ws:": "80", "wss:": "443", "ftp:": "21", "file:": "" };

export function isSpecial(scheme: string): boolean {
  return scheme === "https:" || scheme === "http:" || (scheme in defaultPorts && Object.hasOwn(defaultPorts, scheme));
}

export function defaultPort(scheme: string): string {
  return Object.hasOwn(defaultPorts, scheme) ? defaultPorts[scheme]! : "";
}

// Characters to encode, as the inside of a class: controls, DEL and non-ASCII always.
const always = "\\u0000-\\u001f\\u007f-\\uffff";
export const encodeSets = {
  control: new RegExp(`[${always}]`),
  fragment: new RegExp(`[${always} "<>\`]`),
  query: new RegExp(`[${always} "#<>]`),
  specialQuery: new RegExp(`[${always} "#<>']`),
  path: new RegExp(`[${always} "#<>?\`{}^]`),
  userinfo: new RegExp(`[${always} "#<>?\`{}/:;=@\\[\\\\\\]^|]`),
};

/** Percent-encodes the characters of a set, as UTF-8. */
export function percentEncode(text: string, set: RegExp): string {
  if (!set.test(text)) return text;
  let out = "";
  for (const char of text) {
    if (char.length === 1 && !set.test(char)) {
      out += char;
      continue;
    }
    const unit = char.charCodeAt(0);
    if (char.length === 1 && unit < 0x80) out += hexByte(unit);
    else for (const byte of __native.encode(char)) out += hexByte(byte);
  }
  return out;
}

export function hexByte(byte: number): string {
  return "%" + (byte < 16 ? "0" : "") + byte.toString(16).toUpperCase();
}

/** Bytes of text with %XX undone; broken escapes stay as they are. */
export function percentDecodeToString(text: string): string {
  if (!text.includes("%")) return text;
  const bytes = __native.encode(text);
  let to = 0;
  for (let i = 0; i < bytes.length; i++) {
    let byte = bytes[i]!;
    if (byte === 37) {
      const high = hexValue(bytes[i + 1]);
      const low = hexValue(bytes[i + 2]);
      if (high >= 0 && low >= 0) {
        byte = high * 16 + low;
        i += 2;
      }
    }
    bytes[to++] = byte;
  }
  return __native.decode(bytes.subarray(0, to), false);
}

function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** Parses input against base; null when it is not a URL. */
export function parseURL(input: string, base: URLRecord | null): URLRecord | null {
  let text = input;
  if (/^[\u0000-\u0020]|[\u0000-\u0020]$/.test(text)) text = text.replace(/^[\u0000-\u0020]+|[\u0000-\u0020]+$/g, "");
  if (/[\t\n\r]/.test(text)) text = text.replace(/[\t\n\r]+/g, "");
  text = text.toWellFormed();

  const colon = schemeEnd(text);
  let scheme = "";
  if (colon > 0) {
    scheme = text.slice(0, colon + 1).toLowerCase();
    text = text.slice(colon + 1);
  } else if (!base) {
    return null;
  }

  let fragment: string | null = null;
  const hash = text.indexOf("#");
  if (hash >= 0) {
    fragment = percentEncode(text.slice(hash + 1), encodeSets.fragment);
    text = text.slice(0, hash);
  }
  let query: string | null = null;
  const mark = text.indexOf("?");
  if (mark >= 0) {
    query = text.slice(mark + 1);
    text = text.slice(0, mark);
  }

  const url: URLRecord = { scheme, username: "", password: "", host: null, port: "", path: [], query, fragment };
  if (!scheme) {
    if (typeof base!.path === "string") {
      if (text !== "" || query !== null || fragment === null) return null;
      return { ...base!, fragment };
    }
    url.scheme = base!.scheme;
    if (!(url.scheme === "file:" ? parseFile(url, text, base) : parseRelative(url, text, base!))) return null;
  } else if (scheme === "file:") {
    if (!parseFile(url, text, base?.scheme === "file:" ? base : null)) return null;
  } else if (isSpecial(scheme)) {
    if (base && base.scheme === scheme && !text.startsWith("//")) {
      if (!parseRelative(url, text, base)) return null;
    } else if (!parseAuthority(url, text.replace(/^[/\\]+/, ""))) return null;
  } else if (text.startsWith("//")) {
    if (!parseAuthority(url, text.slice(2))) return null;
  } else if (text.startsWith("/")) {
    appendPath(url, text.slice(1));
  } else {
    url.path = percentEncode(text, encodeSets.control);
    if (url.path.endsWith(" ") && (query !== null || fragment !== null)) url.path = url.path.slice(0, -1) + "%20";
  }
  // A query taken over from the base is encoded already.
  if (query !== null && url.query !== null) url.query = encodeQuery(url.query, url.scheme);
  return url;
}

export function encodeQuery(query: string, scheme: string): string {
  return percentEncode(query, isSpecial(scheme) ? encodeSets.specialQuery : encodeSets.query);
}

function schemeEnd(text: string): number {
  const first = text.charCodeAt(0) | 32;
  if (!(first >= 97 && first <= 122)) return -1;
  for (let i = 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 58) return i;
    const lower = c | 32;
    if (!((lower >= 97 && lower <= 122) || (c >= 48 && c <= 57) || c === 43 || c === 45 || c === 46)) return -1;
  }
  return -1;
}

function isSlash(c: string | undefined, special: boolean): boolean {
  return c === "/" || (special && c === "\\");
}

function parseRelative(url: URLRecord, text: string, base: URLRecord): boolean {
  const special = isSpecial(url.scheme);
  if (isSlash(text[0], special)) {
    if (isSlash(text[1], special)) return parseAuthority(url, special ? text.replace(/^[/\\]+/, "") : text.slice(2));
    takeAuthority(url, base);
    appendPath(url, text.slice(1));
    return true;
  }
  takeAuthority(url, base);
  url.path = [...(base.path as string[])];
  if (text === "") {
    if (url.query === null) url.query = base.query;
    return true;
  }
  shorten(url);
  appendPath(url, text);
  return true;
}

function takeAuthority(url: URLRecord, base: URLRecord): void {
  url.username = base.username;
  url.password = base.password;
  url.host = base.host;
  url.port = base.port;
}

const driveLetter = /^[A-Za-z][:|]$/;
const startsWithDrive = /^[A-Za-z][:|](?:[/\\]|$)/;

function parseFile(url: URLRecord, text: string, base: URLRecord | null): boolean {
  url.host = "";
  if (isSlash(text[0], true)) {
    if (isSlash(text[1], true)) {
      const rest = text.slice(2);
      const end = rest.search(/[/\\]/);
      const host = end < 0 ? rest : rest.slice(0, end);
      if (driveLetter.test(host)) {
        appendPath(url, rest);
        return true;
      }
      if (host !== "") {
        const parsed = parseHost(host, true);
        if (parsed === null) return false;
        url.host = parsed === "localhost" ? "" : parsed;
      }
      appendPath(url, end < 0 ? "" : rest.slice(end + 1));
      return true;
    }
    const rest = text.slice(1);
    if (base) {
      url.host = base.host;
      const drive = (base.path as string[])[0];
      if (!startsWithDrive.test(rest) && drive !== undefined && /^[A-Za-z]:$/.test(drive)) (url.path as string[]).push(drive);
    }
    appendPath(url, rest);
    return true;
  }
  if (base) {
    url.host = base.host;
    url.path = [...(base.path as string[])];
    if (text === "") {
      if (url.query === null) url.query = base.query;
      return true;
    }
    if (startsWithDrive.test(text)) url.path = [];
    else shorten(url);
  }
  appendPath(url, text);
  return true;
}

function parseAuthority(url: URLRecord, text: string): boolean {
  const special = isSpecial(url.scheme);
  const end = special ? text.search(/[/\\]/) : text.indexOf("/");
  let authority = end < 0 ? text : text.slice(0, end);
  const at = authority.lastIndexOf("@");
  if (at >= 0) {
    const credentials = authority.slice(0, at);
    authority = authority.slice(at + 1);
    if (authority === "") return false;
    const colon = credentials.indexOf(":");
    url.username = percentEncode(colon < 0 ? credentials : credentials.slice(0, colon), encodeSets.userinfo);
    if (colon >= 0) url.password = percentEncode(credentials.slice(colon + 1), encodeSets.userinfo);
  }
  const [hostText, port] = splitPort(authority);
  if (hostText === "" && (special || port !== null)) return false;
  if (special || hostText !== "") {
    const host = parseHost(hostText, special);
    if (host === null) return false;
    url.host = host;
  } else {
    url.host = "";
  }
  if (port !== null && !setPort(url, port)) return false;
  if (end >= 0) appendPath(url, text.slice(end + 1));
  else if (special) url.path = [""];
  return true;
}

/** Cuts ":port" off; the colon of an IPv6 address is not one. */
export function splitPort(authority: string): [host: string, port: string | null] {
  const colon = authority.indexOf(":", authority.startsWith("[") ? Math.max(0, authority.indexOf("]")) : 0);
  return colon < 0 ? [authority, null] : [authority.slice(0, colon), authority.slice(colon + 1)];
}

/** False when text is not a port. */
export function setPort(url: URLRecord, text: string): boolean {
  if (!/^[0-9]*$/.test(text)) return false;
  if (text === "") {
    url.port = "";
    return true;
  }
  const port = Number(text);
  if (port > 65535) return false;
  url.port = String(port) === defaultPort(url.scheme) ? "" : String(port);
  return true;
}

function shorten(url: URLRecord): void {
  const path = url.path as string[];
  if (url.scheme === "file:" && path.length === 1 && /^[A-Za-z]:$/.test(path[0]!)) return;
  path.pop();
}

/** Adds the segments of text, which starts after its leading slash. */
export function appendPath(url: URLRecord, text: string): void {
  const special = isSpecial(url.scheme);
  const path = url.path as string[];
  const segments = (special && text.includes("\\") ? text.replaceAll("\\", "/") : text).split("/");
  const last = segments.length - 1;
  for (let i = 0; i <= last; i++) {
    let segment = segments[i]!;
    if (segment.length <= 6 && (segment.startsWith(".") || segment.startsWith("%"))) {
      const plain = segment.replace(/%2e/gi, ".");
      if (plain === "..") {
        shorten(url);
        if (i === last) path.push("");
        continue;
      }
      if (plain === ".") {
        if (i === last) path.push("");
        continue;
      }
    }
    if (url.scheme === "file:" && path.length === 0 && driveLetter.test(segment)) segment = segment[0] + ":";
    path.push(percentEncode(segment, encodeSets.path));
  }
}

const forbiddenHost = /[\u0000\t\n\r #/:<>?@[\\\]^|]/;
const forbiddenDomain = /[\u0000-\u0020"#%/:<>?@[\\\]^`{|}\u007f]/;

/** The serialised host, or null when the text is not one. */
export function parseHost(text: string, special: boolean): string | null {
  if (text.startsWith("[")) {
    if (!text.endsWith("]")) return null;
    const pieces = parseIPv6(text.slice(1, -1));
    return pieces && `[${serializeIPv6(pieces)}]`;
  }
  if (!special) return forbiddenHost.test(text) ? null : percentEncode(text, encodeSets.control);
  let domain = text;
  if (/^[a-z0-9.-]*$/.test(domain) && !domain.includes("xn--")) {
    // Plain lower-case ASCII needs no mapping.
  } else {
    domain = percentDecodeToString(domain);
    if (/^[\u0000-\u007f]*$/.test(domain) && !/xn--/i.test(domain)) {
      domain = domain.toLowerCase();
    } else {
      const ascii = domainToASCII(domain);
      if (ascii === null) return null;
      domain = ascii;
    }
    if (forbiddenDomain.test(domain)) return null;
  }
  if (domain === "") return null;
  return endsInNumber(domain) ? parseIPv4(domain) : domain;
}

/** UTS #46 to ASCII by Go; null when the name is not valid. */
export function domainToASCII(domain: string): string | null {
  try {
    return callText("idna.ascii", domain) || null;
  } catch {
    return null;
  }
}

function endsInNumber(domain: string): boolean {
  const parts = domain.split(".");
  if (parts[parts.length - 1] === "") {
    if (parts.length === 1) return false;
    parts.pop();
  }
  return /^(?:[0-9]+|0[xX][0-9a-fA-F]*)$/.test(parts[parts.length - 1]!);
}

function parseIPv4(domain: string): string | null {
  const parts = domain.split(".");
  if (parts[parts.length - 1] === "" && parts.length > 1) parts.pop();
  if (parts.length > 4) return null;
  const numbers: number[] = [];
  for (const part of parts) {
    let n: number;
    if (/^0[xX][0-9a-fA-F]*$/.test(part)) n = part.length === 2 ? 0 : parseInt(part.slice(2), 16);
    else if (/^0[0-7]+$/.test(part)) n = parseInt(part, 8);
    else if (/^(?:0|[1-9][0-9]*)$/.test(part)) n = Number(part);
    else return null;
    numbers.push(n);
  }
  const tail = numbers.pop()!;
  if (numbers.some((n) => n > 255) || tail >= 256 ** (4 - numbers.length)) return null;
  let address = tail;
  numbers.forEach((n, i) => (address += n * 256 ** (3 - i)));
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

function parseIPv6(text: string): number[] | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const read = (half: string, isLast: boolean): number[] | null => {
    if (half === "") return [];
    const pieces: number[] = [];
    const parts = half.split(":");
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!;
      if (isLast && i === parts.length - 1 && part.includes(".")) {
        const bytes = part.split(".");
        if (bytes.length !== 4 || bytes.some((b) => !/^(?:0|[1-9][0-9]{0,2})$/.test(b) || Number(b) > 255)) return null;
        pieces.push(Number(bytes[0]) * 256 + Number(bytes[1]), Number(bytes[2]) * 256 + Number(bytes[3]));
      } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) pieces.push(parseInt(part, 16));
      else return null;
    }
    return pieces;
  };
  const head = read(halves[0]!, halves.length === 1);
  if (!head) return null;
  if (halves.length === 1) return head.length === 8 ? head : null;
  const tail = read(halves[1]!, true);
  if (!tail || head.length + tail.length > 7) return null;
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function serializeIPv6(pieces: number[]): string {
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && pieces[i + n] === 0) n++;
    if (n > bestLength) [best, bestLength] = [i, n];
    if (n > 0) i += n - 1;
  }
  const hex = pieces.map((p) => p.toString(16));
  if (best < 0) return hex.join(":");
  return hex.slice(0, best).join(":") + "::" + hex.slice(best + bestLength).join(":");
}

export function serializePath(url: URLRecord): string {
  if (typeof url.path === "string") return url.path;
  return url.path.length ? "/" + url.path.join("/") : "";
}

export function serializeURL(url: URLRecord, withFragment = true): string {
  let out = url.scheme;
  if (url.host !== null) {
    out += "//";
    if (url.username !== "" || url.password !== "") {
      out += url.username;
      if (url.password !== "") out += ":" + url.password;
      out += "@";
    }
    out += url.host;
    if (url.port !== "") out += ":" + url.port;
  } else if (typeof url.path !== "string" && url.path.length > 1 && url.path[0] === "") {
    out += "/.";
  }
  out += serializePath(url);
  if (url.query !== null) out += "?" + url.query;
  if (withFragment && url.fragment !== null) out += "#" + url.fragment;
  return out;
}
