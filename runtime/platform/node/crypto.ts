/** node:crypto, over Go's crypto packages. */
import { awaitBytes, awaitText, callBytes, callText } from "../host";
import { codedError, invalidArgType, invalidArgValue, missing, outOfRange, requireFunction, requireInteger, requireString } from "../errors";
import { crypto as webcrypto, getRandomValues, randomBytes as randomView, randomUUID } from "../web/crypto";
import { Cipheriv, Decipheriv, cipherNames, getCipherInfo } from "./ciphers";
import { Hash, Hmac, hashSize } from "./hashes";
import { KeyObject, asymmetricKey, bytesFrom, createPrivateKey, createPublicKey, createSecretKey, generateArguments, keyPair } from "./keys";
import { streamModule, type NodeWritable } from "./stream";

type Callback = (error: unknown, value?: unknown) => void;

const toBuffer = (bytes: Uint8Array): Uint8Array => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Runs make now, or on the next turn when there is a callback. */
function maybeLater(callback: unknown, make: () => unknown): unknown {
  if (callback === undefined) return make();
  requireFunction(callback, "callback");
  setImmediate(() => {
    let value: unknown;
    try {
      value = make();
    } catch (error) {
      (callback as Callback)(error);
      return;
    }
    (callback as Callback)(null, value);
  });
  return undefined;
}

function randomBytes(size: number, callback?: unknown): unknown {
  if (typeof size !== "number") throw invalidArgType("size", "number", size);
  if (!(size >= 0 && size <= 2147483647)) throw outOfRange("size", ">= 0 && <= 2147483647", size);
  return maybeLater(callback, () => toBuffer(randomView(size)));
}

function randomFillSync(target: ArrayBufferView | ArrayBuffer, offset = 0, size?: number): unknown {
  const bytes = bytesFrom(target, "buf");
  const unit = (target as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
  const from = offset * unit;
  const count = size === undefined ? bytes.length - from : size * unit;
  if (from < 0 || from > bytes.length) throw outOfRange("offset", `>= 0 && <= ${bytes.length}`, offset);
  if (count < 0 || from + count > bytes.length) throw outOfRange("size", `>= 0 && <= ${bytes.length - from}`, size);
  bytes.set(randomView(count), from);
  return target;
}

function randomInt(min: number, max?: unknown, callback?: unknown): unknown {
  if (max === undefined || typeof max === "function") [min, max, callback] = [0, min, max];
  if (!Number.isSafeInteger(min)) throw invalidArgType("min", "a safe integer", min);
  if (!Number.isSafeInteger(max)) throw invalidArgType("max", "a safe integer", max);
  const range = (max as number) - min;
  if (range <= 0) throw outOfRange("max", `greater than the value of "min" (${min})`, max);
  if (range > 2 ** 48 - 1) throw outOfRange("max - min", `<= ${2 ** 48 - 1}`, range);
  return maybeLater(callback, () => {
    // Reject what would make small numbers more likely.
    const limit = 2 ** 48 - (2 ** 48 % range);
    for (;;) {
      const b = randomView(6);
      let x = 0;
      for (const byte of b) x = x * 256 + byte;
      if (x < limit) return min + (x % range);
    }
  });
}

function timingSafeEqual(a: unknown, b: unknown): boolean {
  if (!ArrayBuffer.isView(a) && !(a instanceof ArrayBuffer)) throw invalidArgType("buf1", ["ArrayBuffer", "Buffer", "TypedArray", "DataView"], a);
  if (!ArrayBuffer.isView(b) && !(b instanceof ArrayBuffer)) throw invalidArgType("buf2", ["ArrayBuffer", "Buffer", "TypedArray", "DataView"], b);
  const x = bytesFrom(a, "buf1");
  const y = bytesFrom(b, "buf2");
  if (x.length !== y.length) throw codedError("ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH", "Input buffers must have the same byte length", RangeError);
  let difference = 0;
  for (let i = 0; i < x.length; i++) difference |= x[i]! ^ y[i]!;
  return difference === 0;
}

/** Runs a key derivation: (operation, arguments, body), now or with a callback. */
function derive(op: string, args: object, parts: Uint8Array[], callback: unknown, isAsync: boolean, finish: (b: Uint8Array) => unknown = toBuffer): unknown {
  const text = JSON.stringify(args);
  const body = Buffer.concat(parts);
  if (!isAsync) return finish(callBytes(op, text, body));
  requireFunction(callback, "callback");
  awaitBytes(op, text, body).then((b) => (callback as Callback)(null, finish(b)), (error: unknown) => (callback as Callback)(error));
  return undefined;
}

function pbkdf2Arguments(password: unknown, salt: unknown, iterations: unknown, length: unknown, digest: unknown): [string, object, Uint8Array[]] {
  if (typeof digest !== "string") throw invalidArgType("digest", "string", digest);
  const secret = password instanceof KeyObject ? KeyObject.secretOf(password) : bytesFrom(password, "password");
  const saltBytes = bytesFrom(salt, "salt");
  requireInteger(iterations, "iterations", 1, 2147483647);
  requireInteger(length, "keylen", 0, 2147483647);
  try {
    hashSize(digest);
  } catch {
    throw codedError("ERR_CRYPTO_INVALID_DIGEST", `Invalid digest: ${digest}`, TypeError);
  }
  return ["kdf.pbkdf2", { hash: digest, iterations, length, salt: saltBytes.length }, [saltBytes, secret]];
}

interface ScryptOptions {
  N?: number;
  r?: number;
  p?: number;
  cost?: number;
  blockSize?: number;
  parallelization?: number;
  maxmem?: number;
}
function scryptArguments(password: unknown, salt: unknown, length: unknown, o: ScryptOptions = {}): [string, object, Uint8Array[]] {
  const secret = password instanceof KeyObject ? KeyObject.secretOf(password) : bytesFrom(password, "password");
  const saltBytes = bytesFrom(salt, "salt");
  requireInteger(length, "keylen", 0, 2147483647);
  const args = { n: o.N ?? o.cost ?? 16384, r: o.r ?? o.blockSize ?? 8, p: o.p ?? o.parallelization ?? 1, maxmem: o.maxmem ?? 32 * 1024 * 1024, length, salt: saltBytes.length };
  return ["kdf.scrypt", args, [saltBytes, secret]];
}

function hkdfArguments(digest: string, key: unknown, salt: unknown, info: unknown, length: number): [string, object, Uint8Array[]] {
  requireString(digest, "digest");
  const secret = key instanceof KeyObject ? KeyObject.secretOf(key) : bytesFrom(key, "ikm");
  const saltBytes = bytesFrom(salt, "salt");
  const infoBytes = bytesFrom(info, "info");
  if (infoBytes.length > 1024) throw outOfRange("info", "must not contain more than 1024 bytes", infoBytes.length);
  requireInteger(length, "length", 0, 2147483647);
  return ["kdf.hkdf", { hash: digest, length, salt: saltBytes.length, info: infoBytes.length }, [saltBytes, infoBytes, secret]];
}
const toArrayBuffer = (b: Uint8Array): ArrayBuffer => b.slice().buffer as ArrayBuffer;

interface SignOptions {
  padding?: number;
  saltLength?: number;
  dsaEncoding?: "der" | "ieee-p1363";
}

function signArguments(algorithm: unknown, key: unknown, kind: "private" | "public"): Record<string, unknown> {
  const info = asymmetricKey(key, kind);
  const o = (key !== null && typeof key === "object" && !(key instanceof KeyObject) ? key : {}) as SignOptions;
  const scheme = info.alg === "rsa" ? (o.padding === constants.RSA_PKCS1_PSS_PADDING ? "pss" : "pkcs1") : o.dsaEncoding === "ieee-p1363" ? "p1363" : "der";
  return { key: info.der, hash: algorithm ?? "", scheme, salt: o.saltLength };
}

function sign(algorithm: unknown, data: unknown, key: unknown, callback?: unknown): unknown {
  const args = signArguments(algorithm, key, "private");
  const bytes = bytesFrom(data, "data");
  return maybeLater(callback, () => toBuffer(callBytes("key.sign", JSON.stringify(args), bytes)));
}
function verify(algorithm: unknown, data: unknown, key: unknown, signature: unknown, callback?: unknown): unknown {
  const args = signArguments(algorithm, key, "public");
  const bytes = bytesFrom(data, "data");
  const given = bytesFrom(signature, "signature");
  return maybeLater(callback, () => callText("key.verify", JSON.stringify({ ...args, signature: given.length }), Buffer.concat([given, bytes])) === "true");
}

const { Writable } = streamModule;

class Collector extends (Writable as unknown as new (options: object) => NodeWritable) {
  protected readonly chunks: Uint8Array[] = [];
  readonly algorithm: string;
  constructor(algorithm: string, options?: object) {
    super({
      ...options,
      write: (chunk: unknown, encoding: string, done: (e?: Error | null) => void) => {
        this.update(chunk, encoding);
        done();
      },
    });
    requireString(algorithm, "algorithm");
    this.algorithm = algorithm;
  }
  update(data: unknown, encoding?: string): this {
    this.chunks.push(bytesFrom(data, "data", encoding).slice());
    return this;
  }
}
class Sign extends Collector {
  sign(key: unknown, encoding?: string): unknown {
    const out = sign(this.algorithm, Buffer.concat(this.chunks), key) as { toString(e: string): string };
    return encoding && encoding !== "buffer" ? out.toString(encoding) : out;
  }
}
class Verify extends Collector {
  verify(key: unknown, signature: unknown, encoding?: string): unknown {
    return verify(this.algorithm, Buffer.concat(this.chunks), key, bytesFrom(signature, "signature", encoding));
  }
}

interface CryptOptions {
  padding?: number;
  oaepHash?: string;
  oaepLabel?: unknown;
}
function crypt(op: "key.encrypt" | "key.decrypt", kind: "public" | "private", key: unknown, data: unknown): unknown {
  const info = asymmetricKey(key, kind);
  const o = (key !== null && typeof key === "object" && !(key instanceof KeyObject) ? key : {}) as CryptOptions;
  const label = o.oaepLabel === undefined ? new Uint8Array(0) : bytesFrom(o.oaepLabel, "key.oaepLabel");
  const scheme = o.padding === constants.RSA_PKCS1_PADDING ? "pkcs1" : "oaep";
  const args = { key: info.der, hash: o.oaepHash ?? "sha1", scheme, label: label.length };
  return toBuffer(callBytes(op, JSON.stringify(args), Buffer.concat([label, bytesFrom(data, "buffer")])));
}

function diffieHellman(options: { privateKey: KeyObject; publicKey: KeyObject }): unknown {
  const args = { key: asymmetricKey(options.privateKey, "private").der, public: asymmetricKey(options.publicKey, "public").der };
  return toBuffer(callBytes("key.agree", JSON.stringify(args)));
}

const constants = Object.freeze({
  RSA_PKCS1_PADDING: 1, RSA_NO_PADDING: 3, RSA_PKCS1_OAEP_PADDING: 4, RSA_X931_PADDING: 5, RSA_PKCS1_PSS_PADDING: 6,
  RSA_PSS_SALTLEN_DIGEST: -1, RSA_PSS_SALTLEN_AUTO: -2, RSA_PSS_SALTLEN_MAX_SIGN: -2, defaultCoreCipherList: "", TLS1_VERSION: 769,
  TLS1_1_VERSION: 770, TLS1_2_VERSION: 771, TLS1_3_VERSION: 772, POINT_CONVERSION_COMPRESSED: 2, POINT_CONVERSION_UNCOMPRESSED: 4,
  POINT_CONVERSION_HYBRID: 6, ENGINE_METHOD_ALL: 65535, SSL_OP_ALL: 2147485776, SSL_OP_NO_SSLv2: 0, SSL_OP_NO_SSLv3: 33554432,
  SSL_OP_NO_TLSv1: 67108864, SSL_OP_NO_TLSv1_1: 268435456, SSL_OP_LEGACY_SERVER_CONNECT: 4,
});

const hashNames = [
  "RSA-MD5", "RSA-RIPEMD160", "RSA-SHA1", "RSA-SHA224", "RSA-SHA256", "RSA-SHA384", "RSA-SHA512", "RSA-SHA512/224", "RSA-SHA512/256",
  "blake2b512", "blake2s256", "md5", "ripemd", "ripemd160", "rmd160", "sha1", "sha224", "sha256", "sha3-224", "sha3-256", "sha3-384",
  "sha3-512", "sha384", "sha512", "sha512-224", "sha512-256",
];

function createHash(algorithm: string, options?: object): Hash {
  requireString(algorithm, "algorithm");
  return new Hash(algorithm, options);
}

export const cryptoModule = {
  constants, webcrypto, Hash, Hmac, Cipheriv, Decipheriv, Sign, Verify, KeyObject,
  get subtle(): unknown { return webcrypto.subtle; },
  getRandomValues, randomUUID: (): string => randomUUID(),
  randomBytes, pseudoRandomBytes: randomBytes, rng: randomBytes, prng: randomBytes, randomFillSync, randomInt, timingSafeEqual,
  randomFill(target: ArrayBufferView, ...rest: unknown[]): void {
    const callback = rest.pop();
    requireFunction(callback, "callback");
    maybeLater(callback, () => randomFillSync(target, ...(rest as [number?, number?])));
  },
  createHash, createHmac: (algorithm: string, key: unknown, options?: object): Hmac => new Hmac(algorithm, key, options),
  hash(algorithm: string, data: unknown, encoding = "hex"): unknown {
    return createHash(algorithm).update(data).digest(encoding);
  },
  getHashes: (): string[] => [...hashNames],
  getCiphers: cipherNames, getCipherInfo,
  getCurves: (): string[] => ["prime256v1", "secp384r1", "secp521r1"],
  getFips: (): number => 0,
  createCipheriv: (name: unknown, key: unknown, iv: unknown, options?: object): Cipheriv => new Cipheriv(name, key, iv, options),
  createDecipheriv: (name: unknown, key: unknown, iv: unknown, options?: object): Decipheriv => new Decipheriv(name, key, iv, options),
  pbkdf2Sync: (password: unknown, salt: unknown, iterations: unknown, length: unknown, digest: unknown): unknown =>
    derive(...pbkdf2Arguments(password, salt, iterations, length, digest), undefined, false),
  pbkdf2: (password: unknown, salt: unknown, iterations: unknown, length: unknown, digest: unknown, callback: unknown): unknown =>
    derive(...pbkdf2Arguments(password, salt, iterations, length, digest), callback, true),
  scryptSync: (password: unknown, salt: unknown, length: unknown, options?: ScryptOptions): unknown =>
    derive(...scryptArguments(password, salt, length, options), undefined, false),
  scrypt: (password: unknown, salt: unknown, length: unknown, options: unknown, callback?: unknown): unknown =>
    typeof options === "function"
      ? derive(...scryptArguments(password, salt, length), options, true)
      : derive(...scryptArguments(password, salt, length, options as ScryptOptions), callback, true),
  hkdfSync: (digest: string, key: unknown, salt: unknown, info: unknown, length: number): unknown =>
    derive(...hkdfArguments(digest, key, salt, info, length), undefined, false, toArrayBuffer),
  hkdf: (digest: string, key: unknown, salt: unknown, info: unknown, length: number, callback: unknown): unknown =>
    derive(...hkdfArguments(digest, key, salt, info, length), callback, true, toArrayBuffer),
  sign, verify,
  createSign: (algorithm: string, options?: object): Sign => new Sign(algorithm, options),
  createVerify: (algorithm: string, options?: object): Verify => new Verify(algorithm, options),
  createSecretKey, createPublicKey, createPrivateKey,
  generateKeyPairSync: (type: string, options: object = {}): unknown => keyPair(callText("key.generate", generateArguments(type, options)), options),
  generateKeyPair(type: string, options: object, callback: unknown): void {
    requireFunction(callback, "callback");
    const call = callback as (error: unknown, publicKey?: unknown, privateKey?: unknown) => void;
    awaitText("key.generate", generateArguments(type, options)).then(
      (json) => {
        const { publicKey, privateKey } = keyPair(json, options);
        call(null, publicKey, privateKey);
      },
      (error: unknown) => call(error),
    );
  },
  generateKeySync(type: string, options: { length: number }): KeyObject {
    if (type !== "hmac" && type !== "aes") throw invalidArgValue("type", type, "must be a supported key type");
    return KeyObject.make(randomView(Math.floor(options.length / 8)).slice());
  },
  generateKey(type: string, options: { length: number }, callback: unknown): void {
    maybeLater(callback, () => cryptoModule.generateKeySync(type, options));
  },
  publicEncrypt: (key: unknown, data: unknown): unknown => crypt("key.encrypt", "public", key, data),
  privateDecrypt: (key: unknown, data: unknown): unknown => crypt("key.decrypt", "private", key, data),
  privateEncrypt: missing("crypto.privateEncrypt"),
  publicDecrypt: missing("crypto.publicDecrypt"),
  diffieHellman,
  createECDH: missing("crypto.createECDH"), ECDH: missing("crypto.ECDH"),
  createDiffieHellman: missing("crypto.createDiffieHellman"), createDiffieHellmanGroup: missing("crypto.createDiffieHellmanGroup"),
  getDiffieHellman: missing("crypto.getDiffieHellman"), DiffieHellman: missing("crypto.DiffieHellman"),
  Certificate: missing("crypto.Certificate"), X509Certificate: missing("crypto.X509Certificate"),
  checkPrime: missing("crypto.checkPrime"), checkPrimeSync: missing("crypto.checkPrimeSync"),
  generatePrime: missing("crypto.generatePrime"), generatePrimeSync: missing("crypto.generatePrimeSync"),
  setEngine: missing("crypto.setEngine"), setFips: missing("crypto.setFips"), secureHeapUsed: (): undefined => undefined,
};
// promisify(generateKeyPair) gives an object of both keys.
Object.defineProperty(cryptoModule.generateKeyPair, Symbol.for("nodejs.util.promisify.custom"), {
  value: (type: string, options: object = {}) => awaitText("key.generate", generateArguments(type, options)).then((json) => keyPair(json, options)),
});
