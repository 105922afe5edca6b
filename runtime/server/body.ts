/** The body parser of API routes. */
import { ApiError } from "../next/private";
import { require } from "../platform/index";
import type { IncomingMessage } from "./incoming";

export { ApiError };

const units: Record<string, number> = { b: 1, kb: 1 << 10, mb: 1 << 20, gb: 1 << 30, tb: 2 ** 40, pb: 2 ** 50 };

/** "1mb", "500kb", 1024 → bytes; undefined when it says nothing of the kind. */
export function bytesOf(size: unknown): number | undefined {
  if (typeof size === "number" && Number.isFinite(size)) return size;
  if (typeof size !== "string") return undefined;
  const parts = /^([-+]?\d+(?:\.\d+)?) *(kb|mb|gb|tb|pb|b)?$/i.exec(size.trim());
  if (!parts) return undefined;
  return Math.floor(Number(parts[1]) * units[(parts[2] ?? "b").toLowerCase()]!);
}

/** Bytes as a limit is written: 1024 → "1KB". */
export function formatBytes(bytes: number): string {
  for (const unit of ["pb", "tb", "gb", "mb", "kb"]) {
    if (bytes >= units[unit]!) return `${Number((bytes / units[unit]!).toFixed(2))}${unit.toUpperCase()}`;
  }
  return `${bytes}B`;
}

/** Media type and charset of a Content-Type; "text/plain" for none and for nonsense. */
function contentType(header: string | undefined): { type: string; charset: string } {
  const type = /^\s*([!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+)\s*(?:;(.*))?$/.exec(header ?? "");
  if (!type) return { type: "text/plain", charset: "utf-8" };
  const charset = /(?:^|;)\s*charset\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i.exec(type[2] ?? "");
  return { type: type[1]!.toLowerCase(), charset: (charset?.[1] ?? charset?.[2] ?? "utf-8").toLowerCase() };
}

function decode(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    throw new ApiError(400, "Invalid body");
  }
}

/**
 * Reads and parses a request's body by its Content-Type: JSON, form, else text.
 * `limit` is as the route's config has it. Throws ApiError for what the caller did wrong.
 */
export async function parseBody(req: IncomingMessage, limit: unknown): Promise<unknown> {
  let bytes: Uint8Array | "too large";
  try {
    bytes = await req.bytes(bytesOf(limit) ?? units.mb!);
  } catch {
    throw new ApiError(400, "Invalid body");
  }
  if (bytes === "too large") throw new ApiError(413, `Body exceeded ${String(limit)} limit`);
  const { type, charset } = contentType(req.headers["content-type"] as string | undefined);
  const text = bytes.length === 0 && charset === "utf-8" ? "" : decode(bytes, charset);
  switch (type) {
    case "application/json":
    case "application/ld+json":
      // People forget the body of a JSON request; that is not worth an error.
      if (text === "") return {};
      try {
        return JSON.parse(text);
      } catch {
        throw new ApiError(400, "Invalid JSON");
      }
    case "application/x-www-form-urlencoded":
      return (require("querystring") as { parse(text: string): unknown }).parse(text);
    default:
      return text;
  }
}
