/**
 * Cookies of preview and draft mode, as API routes set them.
 *
 * __next_preview_data is a JWT (HS256 with the signing key) whose `data` is
 * base64url of: 12 bytes nonce, 16 bytes tag, AES-256-GCM ciphertext of the JSON
 * under the encryption key (both keys are 64 hex digits).
 */
import { require } from "../platform/index";
import { current } from "./app";
import { frameworkCookie, type CookieOptions } from "./cookies";
import type { ServerResponse } from "./outgoing";
import type { ApiJob } from "./protocol";

type Keys = ApiJob["previewKeys"];

const bypassCookie = "__prerender_bypass";
const dataCookie = "__next_preview_data";
/** Browsers drop cookies over 4 KB; this leaves room for others. */
const maxPayload = 2048;

interface NodeCrypto {
  randomBytes(n: number): Uint8Array;
  createHmac(hash: string, key: string): { update(data: string): { digest(encoding: "base64url"): string } };
  createCipheriv(name: string, key: Uint8Array, iv: Uint8Array): {
    update(text: string, encoding: "utf8"): Uint8Array;
    final(): Uint8Array;
    getAuthTag(): Uint8Array;
  };
}
interface NodeBuffer {
  from(text: string, encoding?: string): Uint8Array & { toString(encoding: string): string };
  concat(parts: Uint8Array[]): { toString(encoding: string): string };
}
const buffer = (): NodeBuffer => (globalThis as unknown as { Buffer: NodeBuffer }).Buffer;

function addCookies(res: ServerResponse, ...cookies: string[]): void {
  const before = res.getHeader("Set-Cookie");
  const list = before === undefined ? [] : Array.isArray(before) ? before : [String(before)];
  res.setHeader("Set-Cookie", [...list, ...cookies]);
}

function seal(data: unknown, key: string): string {
  const crypto = require("crypto") as NodeCrypto;
  const nonce = crypto.randomBytes(12);
  const cipher = crypto.createCipheriv("aes-256-gcm", buffer().from(key, "hex"), nonce);
  const text = [cipher.update(JSON.stringify(data), "utf8"), cipher.final()];
  return buffer().concat([nonce, cipher.getAuthTag(), ...text]).toString("base64url");
}

function sign(claims: Record<string, unknown>, key: string): string {
  const crypto = require("crypto") as NodeCrypto;
  const part = (value: unknown): string => buffer().from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${text}.${crypto.createHmac("sha256", key).update(text).digest("base64url")}`;
}

/** res.setPreviewData */
export function setPreviewData(res: ServerResponse, keys: Keys, data: unknown, options: { maxAge?: number; path?: string } = {}): void {
  const now = Math.floor(Date.now() / 1000);
  const claims: Record<string, unknown> = { data: seal(data, keys.encryption), iat: now };
  if (options.maxAge !== undefined) claims.exp = now + options.maxAge;
  const token = sign(claims, keys.signing);
  if (token.length > maxPayload) {
    throw new Error(
      `Preview data is limited to 2KB, and this makes ${token.length} characters. Store only an id in it and look the rest up.`,
    );
  }
  const { dev } = current();
  addCookies(res, frameworkCookie(bypassCookie, keys.id, dev, options), frameworkCookie(dataCookie, token, dev, options));
}

/** res.clearPreviewData; a second call does nothing. */
export function clearPreviewData(res: ServerResponse, options: { path?: string } = {}): void {
  if (cleared.has(res)) return;
  cleared.add(res);
  const { dev } = current();
  const gone: CookieOptions = { path: options.path, expires: new Date(0) };
  addCookies(res, frameworkCookie(bypassCookie, "", dev, gone), frameworkCookie(dataCookie, "", dev, gone));
}
const cleared = new WeakSet<ServerResponse>();

/** res.setDraftMode */
export function setDraftMode(res: ServerResponse, keys: Keys, enable: boolean): void {
  addCookies(res, frameworkCookie(bypassCookie, keys.id, current().dev, enable ? {} : { expires: new Date(0) }));
}
