/** node:url: the legacy parser comes from npm, the rest is here. */
import * as legacy from "url/url.js";
import { callText } from "../host";
import { codedError, invalidArgType, requireString } from "../errors";
import { URL, URLSearchParams } from "../web/url";
import { domainToASCII as toASCII } from "../web/url-parser";

export function fileURLToPath(input: string | URL): string {
  let url: URL;
  if (typeof input === "string") url = new URL(input);
  else if (input !== null && typeof input === "object" && (input as URL).href) url = input;
  else throw invalidArgType("path", ["string", "URL"], input);
  if (url.protocol !== "file:") throw codedError("ERR_INVALID_URL_SCHEME", "The URL must be of scheme file", TypeError);
  if (process.platform === "win32") {
    const path = decodeURIComponent(url.pathname).replaceAll("/", "\\");
    return url.hostname !== "" ? `\\\\${url.hostname}${path}` : path.slice(1);
  }
  if (url.hostname !== "") throw codedError("ERR_INVALID_FILE_URL_HOST", `File URL host must be "localhost" or empty on ${process.platform}`, TypeError);
  if (/%2f/i.test(url.pathname)) throw codedError("ERR_INVALID_FILE_URL_PATH", "File URL path must not include encoded / characters", TypeError);
  return decodeURIComponent(url.pathname);
}

export function pathToFileURL(path: string): URL {
  requireString(path, "path");
  const absolute = (requirePath() as { resolve(p: string): string }).resolve(path);
  const full = path.endsWith("/") && !absolute.endsWith("/") ? `${absolute}/` : absolute;
  const escaped = full.replace(/[%\\\n\r\t?#]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
  return new URL(`file://${escaped}`);
}

declare const require: (path: string) => Record<string, unknown>;
const requirePath = (): unknown => require("./path").pathModule;

interface FormatOptions {
  auth?: boolean;
  fragment?: boolean;
  search?: boolean;
  unicode?: boolean;
}

const legacyModule = ((legacy as { default?: unknown }).default ?? legacy) as unknown as {
  parse(url: string, query?: boolean, slashes?: boolean): Record<string, unknown>;
  resolve(from: string, to: string): string;
  resolveObject(from: string, to: string): unknown;
  format(url: unknown): string;
  Url: unknown;
};

function format(url: unknown, options?: FormatOptions): string {
  if (!(url instanceof URL)) {
    if (typeof url !== "string" && (typeof url !== "object" || url === null)) throw invalidArgType("urlObject", ["Object", "string"], url);
    return legacyModule.format(url);
  }
  let out = url.protocol;
  const host = options?.unicode ? `${callText("idna.unicode", url.hostname)}${url.port ? `:${url.port}` : ""}` : url.host;
  if (host || url.protocol === "file:") out += "//";
  if (options?.auth !== false && url.username) out += `${url.username}${url.password ? `:${url.password}` : ""}@`;
  out += host + url.pathname;
  if (options?.search !== false) out += url.search;
  if (options?.fragment !== false) out += url.hash;
  return out;
}

function parse(url: string, parseQuery?: boolean, slashesDenoteHost?: boolean): unknown {
  if (typeof url !== "string" && !((url as unknown) instanceof (legacyModule.Url as new () => object))) throw invalidArgType("url", "string", url);
  return legacyModule.parse(url, parseQuery, slashesDenoteHost);
}

function urlToHttpOptions(url: URL): Record<string, unknown> {
  const out: Record<string, unknown> = {
    __proto__: null, protocol: url.protocol, hostname: url.hostname.replace(/^\[|\]$/g, ""), hash: url.hash, search: url.search, pathname: url.pathname,
    path: `${url.pathname}${url.search}`, href: url.href,
  };
  if (url.port !== "") out["port"] = Number(url.port);
  if (url.username || url.password) out["auth"] = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return out;
}

export const urlModule = {
  URL, URLSearchParams, Url: legacyModule.Url, parse, format, resolve: legacyModule.resolve, resolveObject: legacyModule.resolveObject,
  fileURLToPath, pathToFileURL, urlToHttpOptions,
  domainToASCII: (domain: string): string => toASCII(String(domain)) ?? "",
  domainToUnicode: (domain: string): string => callText("idna.unicode", String(domain)),
};
