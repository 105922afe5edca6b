/** KeyObject of node:crypto, and keys in all the forms its functions take. */
import { codedError, invalidArgType, invalidArgValue } from "../errors";
import { callBytes, callText } from "../host";
import { isAnyArrayBuffer } from "../web/encoding";

/** A key as Go describes it; der is base64. */
export interface KeyInfo {
  kind: "private" | "public";
  alg: "rsa" | "ec" | "ed25519" | "x25519";
  curve?: string;
  bits?: number;
  exponent?: number;
  der: string;
}

const nodeCurves: Record<string, string> = { "P-256": "prime256v1", "P-384": "secp384r1", "P-521": "secp521r1" };

/** Go's name of a curve. */
export function curveOf(name: unknown): string {
  const found = Object.entries(nodeCurves).find(([web, node]) => web === name || node === name);
  if (!found) throw codedError("ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name", TypeError);
  return found[0];
}

export function bytesFrom(value: unknown, name: string, encoding?: string): Uint8Array {
  if (typeof value === "string") return Buffer.from(value, encoding === "buffer" ? "utf8" : encoding);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (isAnyArrayBuffer(value)) return new Uint8Array(value);
  throw invalidArgType(name, ["string", "ArrayBuffer", "Buffer", "TypedArray", "DataView"], value);
}

interface ExportOptions {
  format?: "pem" | "der" | "jwk" | "buffer";
  type?: string;
  cipher?: string;
}

const secret = Symbol("KeyObject");

export class KeyObject {
  readonly #type: "secret" | "public" | "private";
  readonly #bytes: Uint8Array | undefined;
  readonly #info: KeyInfo | undefined;

  constructor(token: symbol, type: "secret" | "public" | "private", content: Uint8Array | KeyInfo) {
    if (token !== secret) throw codedError("ERR_INVALID_ARG_VALUE", "KeyObjects are made by createSecretKey, createPublicKey and createPrivateKey", TypeError);
    this.#type = type;
    if (content instanceof Uint8Array) this.#bytes = content;
    else this.#info = content;
  }

  get type(): string { return this.#type; }
  get symmetricKeySize(): number | undefined { return this.#bytes?.length; }
  get asymmetricKeyType(): string | undefined { return this.#info?.alg; }
  get asymmetricKeyDetails(): object | undefined {
    const info = this.#info;
    if (!info) return undefined;
    if (info.alg === "rsa") return { modulusLength: info.bits, publicExponent: BigInt(info.exponent ?? 65537) };
    return info.alg === "ec" ? { namedCurve: nodeCurves[info.curve ?? ""] } : {};
  }

  export(options: ExportOptions = {}): unknown {
    if (this.#bytes) {
      if (options.format === "jwk") return { kty: "oct", k: Buffer.from(this.#bytes).toString("base64url") };
      return Buffer.from(this.#bytes);
    }
    if (options.cipher) throw codedError("ERR_CRYPTO_UNSUPPORTED_OPERATION", "Encrypting exported private keys is not supported in Onward's V8 engine");
    const info = this.#info!;
    const text = JSON.stringify({ key: info.der, kind: info.kind, format: options.format ?? "pem", type: options.type });
    if (options.format === "jwk") return JSON.parse(callText("key.export", text)) as unknown;
    return options.format === "der" ? Buffer.from(callBytes("key.export", text)) : callText("key.export", text);
  }

  equals(other: KeyObject): boolean {
    if (!(other instanceof KeyObject)) throw invalidArgType("otherKeyObject", "KeyObject", other);
    if (this.#type !== other.#type) return false;
    return this.#bytes ? Buffer.from(this.#bytes).equals(other.#bytes!) : this.#info!.der === other.#info!.der;
  }

  static secretOf(key: KeyObject): Uint8Array {
    if (!key.#bytes) throw codedError("ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE", `Invalid key object type ${key.#type}, expected secret.`, TypeError);
    return key.#bytes;
  }
  static infoOf(key: KeyObject): KeyInfo {
    if (!key.#info) throw codedError("ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE", `Invalid key object type ${key.#type}, expected private or public.`, TypeError);
    return key.#info;
  }
  static make(content: Uint8Array | KeyInfo): KeyObject {
    return content instanceof Uint8Array ? new KeyObject(secret, "secret", content) : new KeyObject(secret, content.kind, content);
  }
}
for (const name of ["secretOf", "infoOf", "make"]) Object.defineProperty(KeyObject, name, { enumerable: false });
Object.defineProperty(KeyObject.prototype, Symbol.toStringTag, { value: "KeyObject", configurable: true });

export function createSecretKey(key: unknown, encoding?: string): KeyObject {
  return KeyObject.make(bytesFrom(key, "key", encoding).slice());
}

interface KeyInput {
  key: unknown;
  format?: string;
  type?: string;
  passphrase?: unknown;
  encoding?: string;
}

/** Any form in which Node's functions take an asymmetric key. */
export function asymmetricKey(input: unknown, kind: "private" | "public"): KeyInfo {
  if (input instanceof KeyObject) return kind === "public" ? publicHalf(KeyObject.infoOf(input)) : privateOnly(KeyObject.infoOf(input));
  const isRaw = typeof input === "string" || ArrayBuffer.isView(input) || isAnyArrayBuffer(input);
  const o: KeyInput = isRaw ? { key: input } : (input as KeyInput);
  if (o === null || typeof o !== "object" || o.key === undefined) throw invalidArgType("key", ["string", "ArrayBuffer", "Buffer", "TypedArray", "DataView", "KeyObject", "CryptoKey"], input);
  if (o.key instanceof KeyObject) return asymmetricKey(o.key, kind);
  if (o.format === "jwk") return importInfo({ format: "jwk", kind }, Buffer.from(JSON.stringify(o.key)));
  const format = o.format ?? "pem";
  const bytes = bytesFrom(o.key, "key", o.encoding);
  if (format === "pem" && kind === "public" && /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(__native.bytesToString(bytes.subarray(0, 100), "latin1"))) {
    return publicHalf(importInfo({ format, kind: "private" }, bytes));
  }
  return importInfo({ format, type: o.type, kind }, bytes);
}

function privateOnly(info: KeyInfo): KeyInfo {
  if (info.kind !== "private") throw codedError("ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE", "Invalid key object type public, expected private.", TypeError);
  return info;
}

export function importInfo(args: { format: string; kind: string; type?: string; alg?: string; curve?: string }, bytes: Uint8Array): KeyInfo {
  return JSON.parse(callText("key.import", JSON.stringify(args), bytes)) as KeyInfo;
}

export function publicHalf(info: KeyInfo): KeyInfo {
  return info.kind === "public" ? info : (JSON.parse(callText("key.public", JSON.stringify({ key: info.der }))) as KeyInfo);
}

export const createPublicKey = (key: unknown): KeyObject => KeyObject.make(asymmetricKey(key, "public"));
export const createPrivateKey = (key: unknown): KeyObject => KeyObject.make(asymmetricKey(key, "private"));

interface GenerateOptions {
  modulusLength?: number;
  namedCurve?: string;
  publicKeyEncoding?: ExportOptions;
  privateKeyEncoding?: ExportOptions;
}

/** Arguments of the key.generate operation. */
export function generateArguments(type: string, options: GenerateOptions): string {
  switch (type) {
    case "rsa":
    case "rsa-pss":
      if (typeof options.modulusLength !== "number") throw invalidArgType("options.modulusLength", "number", options.modulusLength);
      return JSON.stringify({ alg: "rsa", bits: options.modulusLength });
    case "ec": return JSON.stringify({ alg: "ec", curve: curveOf(options.namedCurve) });
    case "ed25519":
    case "x25519": return JSON.stringify({ alg: type });
    default: throw invalidArgValue("type", type, "must be a valid key type");
  }
}

export function keyPair(json: string, options: GenerateOptions): { publicKey: unknown; privateKey: unknown } {
  const info = JSON.parse(json) as KeyInfo;
  const privateKey = KeyObject.make(info);
  const publicKey = KeyObject.make(publicHalf(info));
  return {
    publicKey: options.publicKeyEncoding ? publicKey.export(options.publicKeyEncoding) : publicKey,
    privateKey: options.privateKeyEncoding ? privateKey.export(options.privateKeyEncoding) : privateKey,
  };
}
