/** `next/server`: what middleware, edge functions and API routes are written with. */
export { NextRequest } from "./next-request";
export { NextResponse } from "./next-response";
export { NextFetchEvent, after, connection } from "./fetch-event";
export { userAgent, userAgentFromString } from "./user-agent";

/** The platform's URLPattern, or the browser's. */
export const URLPattern: unknown = (globalThis as { URLPattern?: unknown }).URLPattern;

/** Has moved to next/og. */
export function ImageResponse(): never {
  throw new Error('ImageResponse is not part of "next/server": import it from "next/og".');
}
