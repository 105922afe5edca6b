/** Entity tags of API answers, and whether the client already has that body. */

/**
 * Strong tag of a body: two 32-bit FNV-1a hashes over its units with different
 * offsets, and its length.
 */
export function etagOf(body: string | Uint8Array): string {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  const n = body.length;
  if (typeof body === "string") {
    for (let i = 0; i < n; i++) {
      const unit = body.charCodeAt(i);
      a = Math.imul(a ^ unit, 0x01000193);
      b = Math.imul(b ^ unit, 0x85ebca6b) ^ (b >>> 13);
    }
  } else {
    for (let i = 0; i < n; i++) {
      const unit = body[i]!;
      a = Math.imul(a ^ unit, 0x01000193);
      b = Math.imul(b ^ unit, 0x85ebca6b) ^ (b >>> 13);
    }
  }
  return `"${(a >>> 0).toString(36)}${(b >>> 0).toString(36)}${n.toString(36)}"`;
}

/** RFC 9110 section 13: true when a conditional request may be answered 304. */
export function isFresh(headers: Record<string, string | string[] | undefined>, etag: string): boolean {
  const match = headers["if-none-match"];
  // An If-Modified-Since alone never matches: API answers have no Last-Modified.
  if (typeof match !== "string" || headers["if-modified-since"] !== undefined) return false;
  if (/(?:^|,)\s*no-cache\s*(?:,|$)/.test(String(headers["cache-control"] ?? ""))) return false;
  if (match.trim() === "*") return true;
  return match.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}
