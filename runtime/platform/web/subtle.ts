/** SubtleCrypto over Go's crypto packages. */
import { awaitBytes, awaitText } from "../host";
import { bytesOf } from "./encoding";
import { DOMException } from "./dom-exception";
import { randomBytes } from "./crypto";

/** An asymmetric key as Go describes it; der is base64. */
interface KeyInfo {
  kind: "private" | "public";
  alg: string;
  curve?: string;
  bits?: number;
  exponent?: number;
  der: string;
}

type Usage = "encrypt" | "decrypt" | "sign" | "verify" | "deriveKey" | "deriveBits" | "wrapKey" | "unwrapKey";
type Format = "raw" | "pkcs8" | "spki" | "jwk";

interface Algorithm {
  name: string;
  hash?: { name: string } | string;
  length?: number;
  namedCurve?: string;
  modulusLength?: number;
  publicExponent?: Uint8Array;
  iv?: unknown;
  counter?: unknown;
  additionalData?: unknown;
  tagLength?: number;
  label?: unknown;
  saltLength?: number;
  salt?: unknown;
  info?: unknown;
  iterations?: number;
  public?: CryptoKey;
}

const token = Symbol("CryptoKey");

export class CryptoKey {
  readonly #type: string;
  readonly #extractable: boolean;
  readonly #algorithm: object;
  readonly #usages: Usage[];
  readonly #material: Uint8Array | KeyInfo;
  constructor(key: symbol, type: string, extractable: boolean, algorithm: object, usages: Usage[], material: Uint8Array | KeyInfo) {
    if (key !== token) throw new TypeError("Illegal constructor");
    this.#type = type;
    this.#extractable = extractable;
    this.#algorithm = Object.freeze(algorithm);
    this.#usages = usages;
    this.#material = material;
  }
  get type(): string { return this.#type; }
  get extractable(): boolean { return this.#extractable; }
  get algorithm(): object { return this.#algorithm; }
  get usages(): Usage[] { return [...this.#usages]; }

  static material(key: CryptoKey): Uint8Array | KeyInfo { return key.#material; }
  [Symbol.for("nodejs.util.inspect.custom")](_depth: number, options: object, inspect: (v: unknown, o: object) => string): string {
    return `CryptoKey ${inspect({ type: this.type, extractable: this.extractable, algorithm: this.algorithm, usages: this.usages }, options)}`;
  }
}
Object.defineProperty(CryptoKey.prototype, Symbol.toStringTag, { value: "CryptoKey", configurable: true });
Object.defineProperty(CryptoKey, "material", { enumerable: false });

const names = [
  "SHA-1", "SHA-256", "SHA-384", "SHA-512", "HMAC", "AES-GCM", "AES-CBC", "AES-CTR", "AES-KW", "PBKDF2", "HKDF", "ECDSA", "ECDH", "Ed25519",
  "X25519", "RSA-OAEP", "RSA-PSS", "RSASSA-PKCS1-v1_5",
];
const canonical = new Map(names.map((n) => [n.toLowerCase(), n]));

function fail(name: string, message: string): never {
  throw new DOMException(message, name);
}

function algorithmOf(value: unknown): Algorithm & { name: string } {
  const given: Algorithm = typeof value === "string" ? { name: value } : (value as Algorithm);
  if (given === null || typeof given !== "object" || given.name === undefined) throw new TypeError("Algorithm: name: Missing or not a string");
  const name = canonical.get(String(given.name).toLowerCase());
  if (!name) fail("NotSupportedError", "Unrecognized algorithm name");
  return { ...given, name };
}

function hashOf(a: Algorithm): string {
  const name = typeof a.hash === "string" ? a.hash : a.hash?.name;
  const known = name === undefined ? undefined : canonical.get(name.toLowerCase());
  if (!known?.startsWith("SHA-")) fail("NotSupportedError", "Unrecognized algorithm name");
  return known;
}

const bytes = (value: unknown, name: string): Uint8Array => bytesOf(value, name);
const concat = (...parts: Uint8Array[]): Uint8Array => {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
};
const toArrayBuffer = (b: Uint8Array): ArrayBuffer => b.slice().buffer as ArrayBuffer;
const base64url = (b: Uint8Array): string => __native.bytesToString(b, "base64url");

function requireUsage(key: CryptoKey, name: string, usage: Usage): void {
  if (!(key instanceof CryptoKey)) throw new TypeError("the key is not a CryptoKey");
  if ((key.algorithm as Algorithm).name !== name) fail("InvalidAccessError", "Key algorithm mismatch");
  if (!key.usages.includes(usage)) fail("InvalidAccessError", `The requested operation is not valid for the provided key: it lacks the usage "${usage}"`);
}

const secretOf = (key: CryptoKey): Uint8Array => {
  const m = CryptoKey.material(key);
  return m instanceof Uint8Array ? m : fail("InvalidAccessError", "the key is not a secret key");
};
const infoOf = (key: CryptoKey): KeyInfo => {
  const m = CryptoKey.material(key);
  return m instanceof Uint8Array ? fail("InvalidAccessError", "the key is a secret key") : m;
};

/** Runs an operation of Go; its failures are OperationErrors. */
async function operation(op: string, args: object | string, body?: Uint8Array): Promise<Uint8Array> {
  try {
    return await awaitBytes(op, typeof args === "string" ? args : JSON.stringify(args), body);
  } catch {
    throw new DOMException("The operation failed for an operation-specific reason", "OperationError");
  }
}
async function describe(op: string, args: object, body?: Uint8Array): Promise<KeyInfo> {
  try {
    return JSON.parse(await awaitText(op, JSON.stringify(args), body)) as KeyInfo;
  } catch {
    throw new DOMException("Invalid keyData", "DataError");
  }
}

/** Usages that each kind of key may have. */
const allowed: Record<string, { secret?: Usage[]; private?: Usage[]; public?: Usage[] }> = {
  HMAC: { secret: ["sign", "verify"] },
  "AES-GCM": { secret: ["encrypt", "decrypt", "wrapKey", "unwrapKey"] },
  "AES-CBC": { secret: ["encrypt", "decrypt", "wrapKey", "unwrapKey"] },
  "AES-CTR": { secret: ["encrypt", "decrypt", "wrapKey", "unwrapKey"] },
  "AES-KW": { secret: ["wrapKey", "unwrapKey"] },
  PBKDF2: { secret: ["deriveKey", "deriveBits"] },
  HKDF: { secret: ["deriveKey", "deriveBits"] },
  ECDSA: { private: ["sign"], public: ["verify"] },
  Ed25519: { private: ["sign"], public: ["verify"] },
  "RSA-PSS": { private: ["sign"], public: ["verify"] },
  "RSASSA-PKCS1-v1_5": { private: ["sign"], public: ["verify"] },
  ECDH: { private: ["deriveKey", "deriveBits"], public: [] },
  X25519: { private: ["deriveKey", "deriveBits"], public: [] },
  "RSA-OAEP": { private: ["decrypt", "unwrapKey"], public: ["encrypt", "wrapKey"] },
};

function makeKey(algorithm: object & { name: string }, type: "secret" | "private" | "public", extractable: boolean, usages: Usage[], material: Uint8Array | KeyInfo): CryptoKey {
  const may = allowed[algorithm.name]?.[type] ?? [];
  for (const u of usages) if (!may.includes(u)) fail("SyntaxError", `Unsupported key usage for a ${algorithm.name} key`);
  if (type !== "public" && usages.length === 0) fail("SyntaxError", "Usages cannot be empty when creating a key.");
  return new CryptoKey(token, type, extractable, algorithm, [...new Set(usages)], material);
}

const isAES = (name: string): boolean => name.startsWith("AES-");
const isRSA = (name: string): boolean => name.startsWith("RSA");
const hashBits: Record<string, number> = { "SHA-1": 160, "SHA-256": 256, "SHA-384": 384, "SHA-512": 512 };
const blockBits: Record<string, number> = { "SHA-1": 512, "SHA-256": 512, "SHA-384": 1024, "SHA-512": 1024 };

function keyAlgorithm(a: Algorithm, info: KeyInfo): { name: string } & Record<string, unknown> {
  if (isRSA(a.name)) {
    const e = info.exponent ?? 65537;
    return { name: a.name, modulusLength: info.bits, publicExponent: Uint8Array.of((e >>> 16) & 255, (e >>> 8) & 255, e & 255), hash: { name: hashOf(a) } };
  }
  if (a.name === "ECDSA" || a.name === "ECDH") return { name: a.name, namedCurve: info.curve };
  return { name: a.name };
}

interface Jwk {
  kty?: string;
  k?: string;
  d?: string;
  alg?: string;
  ext?: boolean;
  key_ops?: string[];
}

export class SubtleCrypto {
  async digest(algorithm: unknown, data: unknown): Promise<ArrayBuffer> {
    const { name } = algorithmOf(algorithm);
    if (!name.startsWith("SHA-")) fail("NotSupportedError", "Unrecognized algorithm name");
    return toArrayBuffer(await operation("hash.digest", name, bytes(data, "data")));
  }

  async generateKey(algorithm: unknown, extractable: boolean, usages: Usage[]): Promise<CryptoKey | { publicKey: CryptoKey; privateKey: CryptoKey }> {
    const a = algorithmOf(algorithm);
    if (isAES(a.name)) {
      if (![128, 192, 256].includes(a.length ?? 0)) fail("OperationError", "Invalid key length");
      return makeKey({ name: a.name, length: a.length } as object & { name: string }, "secret", extractable, usages, randomBytes(a.length! / 8).slice());
    }
    if (a.name === "HMAC") {
      const hash = hashOf(a);
      const length = a.length ?? blockBits[hash]!;
      return makeKey({ name: "HMAC", hash: { name: hash }, length } as object & { name: string }, "secret", extractable, usages, randomBytes(length / 8).slice());
    }
    let args: object;
    if (isRSA(a.name)) args = { alg: "rsa", bits: a.modulusLength };
    else if (a.name === "ECDSA" || a.name === "ECDH") args = { alg: "ec", curve: a.namedCurve };
    else if (a.name === "Ed25519" || a.name === "X25519") args = { alg: a.name.toLowerCase() };
    else return fail("NotSupportedError", "Unrecognized algorithm name");
    const info = await describe("key.generate", args);
    const other = await describe("key.public", { key: info.der });
    const described = keyAlgorithm(a, info);
    const pick = (kind: "private" | "public"): Usage[] => usages.filter((u) => allowed[a.name]![kind]!.includes(u));
    for (const u of usages) if (!pick("private").includes(u) && !pick("public").includes(u)) fail("SyntaxError", `Unsupported key usage for a ${a.name} key`);
    return {
      publicKey: makeKey({ ...described }, "public", true, pick("public"), other),
      privateKey: makeKey(described, "private", extractable, pick("private"), info),
    };
  }

  async importKey(format: Format, data: unknown, algorithm: unknown, extractable: boolean, usages: Usage[]): Promise<CryptoKey> {
    const a = algorithmOf(algorithm);
    if (allowed[a.name]?.secret) return importSecret(format, data, a, extractable, usages);
    const alg = isRSA(a.name) ? "rsa" : a.name === "ECDSA" || a.name === "ECDH" ? "ec" : a.name.toLowerCase();
    let info: KeyInfo;
    if (format === "jwk") {
      const jwk = data as Jwk;
      if (jwk === null || typeof jwk !== "object") throw new TypeError("keyData is not a JsonWebKey");
      if (jwk.ext === false && extractable) fail("DataError", "JWK \"ext\" Parameter and extractable mismatch");
      info = await describe("key.import", { format, kind: jwk.d === undefined ? "public" : "private" }, __native.encode(JSON.stringify(jwk)));
    } else if (format === "raw") {
      info = await describe("key.import", { format, kind: "public", alg, curve: a.namedCurve }, bytes(data, "keyData"));
    } else if (format === "pkcs8" || format === "spki") {
      info = await describe("key.import", { format: "der", type: format, kind: format === "pkcs8" ? "private" : "public" }, bytes(data, "keyData"));
    } else return fail("NotSupportedError", `Unable to import a key in the format "${String(format)}"`);
    if (info.alg !== alg || (alg === "ec" && a.namedCurve !== undefined && info.curve !== a.namedCurve)) fail("DataError", "Invalid key type");
    return makeKey(keyAlgorithm(a, info), info.kind, extractable, usages, info);
  }

  async exportKey(format: Format, key: CryptoKey): Promise<ArrayBuffer | object> {
    if (!key.extractable) fail("InvalidAccessError", "key is not extractable");
    const material = CryptoKey.material(key);
    const a = key.algorithm as Algorithm;
    if (material instanceof Uint8Array) {
      if (format === "raw") return toArrayBuffer(material);
      if (format !== "jwk") fail("NotSupportedError", `Unable to export a secret key as ${format}`);
      const alg = a.name === "HMAC" ? `HS${hashOf(a).slice(4)}` : `A${a.length}${a.name.slice(4)}`;
      return { key_ops: key.usages, ext: true, kty: "oct", k: base64url(material), alg };
    }
    if (format === "jwk") {
      const jwk = JSON.parse(await awaitText("key.export", JSON.stringify({ key: material.der, kind: material.kind, format }))) as Jwk;
      const alg: Record<string, string> = { "RSASSA-PKCS1-v1_5": "RS", "RSA-PSS": "PS", "RSA-OAEP": "RSA-OAEP" };
      if (isRSA(a.name)) {
        const bits = hashOf(a).slice(4);
        jwk.alg = a.name === "RSA-OAEP" ? (bits === "1" ? "RSA-OAEP" : `RSA-OAEP-${bits}`) : `${alg[a.name]}${bits}`;
      }
      return { key_ops: key.usages, ext: true, ...jwk };
    }
    const wanted = format === "pkcs8" ? "private" : "public";
    if (material.kind !== wanted) fail("InvalidAccessError", `Unable to export a ${material.kind} key as ${format}`);
    return toArrayBuffer(await operation("key.export", { key: material.der, kind: material.kind, format: format === "raw" ? "raw" : "der", type: format }));
  }

  async sign(algorithm: unknown, key: CryptoKey, data: unknown): Promise<ArrayBuffer> {
    const a = algorithmOf(algorithm);
    requireUsage(key, a.name, "sign");
    const content = bytes(data, "data");
    if (a.name === "HMAC") return toArrayBuffer(await hmac(key, content));
    return toArrayBuffer(await operation("key.sign", signatureArguments(a, key), content));
  }

  async verify(algorithm: unknown, key: CryptoKey, signature: unknown, data: unknown): Promise<boolean> {
    const a = algorithmOf(algorithm);
    requireUsage(key, a.name, "verify");
    const given = bytes(signature, "signature");
    const content = bytes(data, "data");
    if (a.name === "HMAC") {
      const expected = await hmac(key, content);
      let difference = expected.length ^ given.length;
      for (let i = 0; i < expected.length; i++) difference |= expected[i]! ^ (given[i] ?? 0);
      return difference === 0;
    }
    const answer = await operation("key.verify", { ...signatureArguments(a, key), signature: given.length }, concat(given, content));
    return __native.decode(answer, false) === "true";
  }

  async encrypt(algorithm: unknown, key: CryptoKey, data: unknown): Promise<ArrayBuffer> {
    const a = algorithmOf(algorithm);
    requireUsage(key, a.name, "encrypt");
    return toArrayBuffer(await crypt(a, key, bytes(data, "data"), false));
  }
  async decrypt(algorithm: unknown, key: CryptoKey, data: unknown): Promise<ArrayBuffer> {
    const a = algorithmOf(algorithm);
    requireUsage(key, a.name, "decrypt");
    return toArrayBuffer(await crypt(a, key, bytes(data, "data"), true));
  }

  async deriveBits(algorithm: unknown, key: CryptoKey, length: number | null): Promise<ArrayBuffer> {
    const a = algorithmOf(algorithm);
    requireUsage(key, a.name, "deriveBits");
    return toArrayBuffer(await derive(a, key, length));
  }
  async deriveKey(algorithm: unknown, key: CryptoKey, derived: unknown, extractable: boolean, usages: Usage[]): Promise<CryptoKey> {
    const a = algorithmOf(algorithm);
    const target = algorithmOf(derived);
    requireUsage(key, a.name, "deriveKey");
    let length: number | null = null;
    if (isAES(target.name)) length = target.length ?? fail("OperationError", "Invalid key length");
    else if (target.name === "HMAC") length = target.length ?? blockBits[hashOf(target)]!;
    return this.importKey("raw", await derive(a, key, length), derived, extractable, usages);
  }

  async wrapKey(format: Format, key: CryptoKey, wrapping: CryptoKey, algorithm: unknown): Promise<ArrayBuffer> {
    const a = algorithmOf(algorithm);
    requireUsage(wrapping, a.name, "wrapKey");
    const exported = await this.exportKey(format, key);
    const content = format === "jwk" ? __native.encode(JSON.stringify(exported)) : new Uint8Array(exported as ArrayBuffer);
    return toArrayBuffer(await crypt(a, wrapping, content, false));
  }
  async unwrapKey(format: Format, wrapped: unknown, unwrapping: CryptoKey, algorithm: unknown, keyAlgorithmInput: unknown, extractable: boolean, usages: Usage[]): Promise<CryptoKey> {
    const a = algorithmOf(algorithm);
    requireUsage(unwrapping, a.name, "unwrapKey");
    const content = await crypt(a, unwrapping, bytes(wrapped, "wrappedKey"), true);
    const data: unknown = format === "jwk" ? JSON.parse(__native.decode(content, false)) : content;
    return this.importKey(format, data, keyAlgorithmInput, extractable, usages);
  }
}
Object.defineProperty(SubtleCrypto.prototype, Symbol.toStringTag, { value: "SubtleCrypto", configurable: true });

function importSecret(format: Format, data: unknown, a: Algorithm, extractable: boolean, usages: Usage[]): CryptoKey {
  let secret: Uint8Array;
  if (format === "jwk") {
    const jwk = data as Jwk;
    if (jwk?.kty !== "oct" || typeof jwk.k !== "string") fail("DataError", "Invalid JWK keyData");
    if (jwk.ext === false && extractable) fail("DataError", "JWK \"ext\" Parameter and extractable mismatch");
    secret = __native.stringToBytes(jwk.k, "base64url");
  } else if (format === "raw") secret = bytes(data, "keyData").slice();
  else return fail("NotSupportedError", `Unable to import a ${a.name} key in the format "${format}"`);
  if (isAES(a.name)) {
    if (![16, 24, 32].includes(secret.length)) fail("DataError", "Invalid key length");
    return makeKey({ name: a.name, length: secret.length * 8 } as object & { name: string }, "secret", extractable, usages, secret);
  }
  if (a.name === "HMAC") {
    if (secret.length === 0) fail("DataError", "Zero-length key is not supported");
    return makeKey({ name: "HMAC", hash: { name: hashOf(a) }, length: secret.length * 8 } as object & { name: string }, "secret", extractable, usages, secret);
  }
  if (extractable) fail("SyntaxError", `${a.name} keys are not extractable`);
  return makeKey({ name: a.name }, "secret", false, usages, secret);
}

function hmac(key: CryptoKey, data: Uint8Array): Promise<Uint8Array> {
  const secret = secretOf(key);
  return operation("hash.hmac", `${hashOf(key.algorithm as Algorithm)}\n${secret.length}`, concat(secret, data));
}

function signatureArguments(a: Algorithm, key: CryptoKey): object {
  const info = infoOf(key);
  switch (a.name) {
    case "ECDSA": return { key: info.der, hash: hashOf(a), scheme: "p1363" };
    case "RSA-PSS": return { key: info.der, hash: hashOf(key.algorithm as Algorithm), scheme: "pss", salt: a.saltLength };
    case "RSASSA-PKCS1-v1_5": return { key: info.der, hash: hashOf(key.algorithm as Algorithm), scheme: "pkcs1" };
    case "Ed25519": return { key: info.der };
    default: return fail("NotSupportedError", "Unrecognized algorithm name");
  }
}

async function crypt(a: Algorithm, key: CryptoKey, data: Uint8Array, decrypt: boolean): Promise<Uint8Array> {
  if (a.name === "RSA-OAEP") {
    const label = a.label === undefined ? new Uint8Array(0) : bytes(a.label, "label");
    const args = { key: infoOf(key).der, hash: hashOf(key.algorithm as Algorithm), scheme: "oaep", label: label.length };
    return operation(decrypt ? "key.decrypt" : "key.encrypt", args, concat(label, data));
  }
  const secret = secretOf(key);
  const none = new Uint8Array(0);
  let iv: Uint8Array = none;
  let aad: Uint8Array = none;
  let mode = "";
  let tag = 0;
  switch (a.name) {
    case "AES-GCM":
      mode = "gcm";
      iv = bytes(a.iv, "algorithm.iv");
      aad = a.additionalData === undefined ? none : bytes(a.additionalData, "algorithm.additionalData");
      tag = (a.tagLength ?? 128) / 8;
      if (![4, 8, 12, 13, 14, 15, 16].includes(tag)) fail("OperationError", `${a.tagLength} is not a valid AES-GCM tag length`);
      if (decrypt && data.length < tag) fail("OperationError", "The provided data is too small.");
      break;
    case "AES-CBC":
      mode = "cbc";
      iv = bytes(a.iv, "algorithm.iv");
      if (iv.length !== 16) fail("OperationError", "algorithm.iv must contain exactly 16 bytes");
      break;
    case "AES-CTR":
      mode = "ctr";
      iv = bytes(a.counter, "algorithm.counter");
      if (iv.length !== 16) fail("OperationError", "algorithm.counter must contain exactly 16 bytes");
      return counterMode(secret, iv, a.length ?? 0, data);
    case "AES-KW": mode = "kw"; break;
    default: fail("NotSupportedError", "Unrecognized algorithm name");
  }
  const args = { mode, decrypt, key: secret.length, iv: iv.length, aad: aad.length, tag, padding: mode === "cbc" };
  return operation("cipher.run", args, concat(secret, iv, aad, data));
}

/** CTR whose counter has only so many bits: it starts again at zero, without carrying into the nonce. */
async function counterMode(secret: Uint8Array, counter: Uint8Array, bits: number, data: Uint8Array): Promise<Uint8Array> {
  if (!(bits >= 1 && bits <= 128)) fail("OperationError", "AES-CTR algorithm.length must be between 1 and 128");
  const blocks = BigInt(Math.ceil(data.length / 16));
  const total = 1n << BigInt(bits);
  if (blocks > total) fail("OperationError", "The data is too long for the counter");
  const run = (iv: Uint8Array, part: Uint8Array): Promise<Uint8Array> =>
    operation("cipher.run", { mode: "ctr", key: secret.length, iv: 16 }, concat(secret, iv, part));
  const value = BigInt(`0x${__native.bytesToString(counter, "hex")}`);
  const left = total - (value % total);
  if (blocks <= left) return run(counter, data);
  const cut = Number(left) * 16;
  const wrapped = __native.stringToBytes((value - (value % total)).toString(16).padStart(32, "0"), "hex");
  return concat(await run(counter, data.subarray(0, cut)), await run(wrapped, data.subarray(cut)));
}

async function derive(a: Algorithm, key: CryptoKey, length: number | null): Promise<Uint8Array> {
  if (a.name === "ECDH" || a.name === "X25519") {
    if (!(a.public instanceof CryptoKey)) throw new TypeError("algorithm.public is not a CryptoKey");
    const secret = await operation("key.agree", { key: infoOf(key).der, public: infoOf(a.public).der });
    if (length === null) return secret;
    if (secret.length * 8 < length) fail("OperationError", "derived bit length is too small");
    return secret.subarray(0, Math.ceil(length / 8));
  }
  if (length === null || length % 8 !== 0) fail("OperationError", "length must be a multiple of 8");
  const salt = bytes(a.salt, "algorithm.salt");
  const secret = secretOf(key);
  const hash = hashOf(a);
  if (a.name === "PBKDF2") return operation("kdf.pbkdf2", { hash, iterations: a.iterations, length: length / 8, salt: salt.length }, concat(salt, secret));
  const info = bytes(a.info, "algorithm.info");
  if (length > 255 * hashBits[hash]!) fail("OperationError", "length is too large for HKDF");
  return operation("kdf.hkdf", { hash, length: length / 8, salt: salt.length, info: info.length }, concat(salt, info, secret));
}
