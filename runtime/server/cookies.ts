/** Cookie headers, both ways (RFC 6265). */

/** Name → decoded value. The first of a name wins; parts without "=" are ignored; quotes are dropped. */
export function parseCookies(header: string | undefined): Record<string, string> {
  const cookies: Record<string, string> = {};
  if (!header) return cookies;
  for (const part of header.split(";")) {
    const equals = part.indexOf("=");
    if (equals < 0) continue;
    const name = part.slice(0, equals).trim();
    if (Object.hasOwn(cookies, name)) continue;
    let value = part.slice(equals + 1).trim();
    if (value.length > 1 && value.startsWith('"') && value.endsWith('"')) value = value.slice(1, -1);
    // A cookie named __proto__ must become a key, not a prototype.
    Object.defineProperty(cookies, name, { value: decode(value), enumerable: true, writable: true, configurable: true });
  }
  return cookies;
}

function decode(value: string): string {
  if (!value.includes("%")) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

export interface CookieOptions {
  /** Seconds. */
  maxAge?: number;
  path?: string;
  expires?: Date;
}

/** A Set-Cookie value as the framework's own cookies have it: HttpOnly, and cross-site outside development. */
export function frameworkCookie(name: string, value: string, dev: boolean, options: CookieOptions = {}): string {
  let cookie = `${name}=${encodeURIComponent(value)}`;
  if (options.maxAge !== undefined) {
    if (!Number.isFinite(options.maxAge)) throw new TypeError("option maxAge is invalid: it must be a number of seconds");
    cookie += `; Max-Age=${Math.floor(options.maxAge)}`;
  }
  const path = options.path ?? "/";
  if (!/^[\x20-\x3a\x3c-\x7e]*$/.test(path)) throw new TypeError(`option path is invalid: ${JSON.stringify(path)}`);
  cookie += `; Path=${path}`;
  if (options.expires) cookie += `; Expires=${options.expires.toUTCString()}`;
  cookie += "; HttpOnly";
  if (!dev) cookie += "; Secure";
  return cookie + (dev ? "; SameSite=Lax" : "; SameSite=None");
}
