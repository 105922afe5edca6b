/** Blob, File and blob: URLs. Bytes are kept as parts and joined on first read. */
import { DOMException } from "./dom-exception";
import { bytesOf, isAnyArrayBuffer } from "./encoding";
import { ReadableStream, join } from "./streams";
import { invalidArgType } from "../errors";
import { URL } from "./url";

export type BlobPart = string | ArrayBuffer | ArrayBufferView | Blob;

const inspectKey = Symbol.for("nodejs.util.inspect.custom");
const chunkSize = 65536;

export class Blob {
  #parts: Uint8Array[] = [];
  #size = 0;
  #type = "";

  constructor(parts?: Iterable<BlobPart>, options?: { type?: string; endings?: "transparent" | "native" }) {
    this.#type = typeOf(options);
    if (parts === undefined) return;
    if (parts === null || typeof parts !== "object" || typeof parts[Symbol.iterator] !== "function") {
      throw invalidArgType("sources", "a sequence", parts);
    }
    for (const part of parts) {
      if (part instanceof Blob) for (const bytes of part.#parts) this.#add(bytes);
      else if (ArrayBuffer.isView(part) || isAnyArrayBuffer(part)) this.#add(bytesOf(part).slice());
      else {
        const text = options?.endings === "native" ? String(part).replace(/\r\n|\r/g, "\n") : String(part);
        this.#add(__native.encode(text));
      }
    }
  }

  #add(bytes: Uint8Array): void {
    if (!bytes.length) return;
    this.#parts.push(bytes);
    this.#size += bytes.length;
  }

  get size(): number { return this.#size; }
  get type(): string { return this.#type; }

  /** All bytes; callers must not change them. */
  static bytes(blob: Blob): Uint8Array {
    if (blob.#parts.length !== 1) blob.#parts = [join(blob.#parts, blob.#size)];
    return blob.#parts[0]!;
  }

  slice(start = 0, end = this.#size, type = ""): Blob {
    const clamp = (n: number): number => (n < 0 ? Math.max(this.#size + n, 0) : Math.min(n, this.#size));
    const from = clamp(Math.trunc(start) || 0);
    const to = Math.max(clamp(Math.trunc(end) || 0), from);
    const blob = new Blob([], { type });
    blob.#add(Blob.bytes(this).subarray(from, to));
    return blob;
  }
  async arrayBuffer(): Promise<ArrayBuffer> {
    return Blob.bytes(this).slice().buffer as ArrayBuffer;
  }
  async bytes(): Promise<Uint8Array> {
    return Blob.bytes(this).slice();
  }
  async text(): Promise<string> {
    return __native.decode(Blob.bytes(this), false);
  }
  stream(): ReadableStream<Uint8Array> {
    const bytes = Blob.bytes(this);
    let at = 0;
    return new ReadableStream<Uint8Array>({
      type: "bytes",
      pull(controller) {
        if (at >= bytes.length) {
          controller.close();
          // A waiting BYOB read is only answered through its request.
          controller.byobRequest?.respond(0);
          return;
        }
        controller.enqueue(bytes.slice(at, (at += chunkSize)));
      },
    });
  }

  [inspectKey](depth: number, options: object, inspect: (v: unknown, o: object) => string): string {
    return `Blob ${inspect({ size: this.size, type: this.type }, options)}`;
  }
}
Object.defineProperty(Blob.prototype, Symbol.toStringTag, { value: "Blob", configurable: true });
Object.defineProperty(Blob, "bytes", { enumerable: false });

function typeOf(options: { type?: string } | undefined): string {
  const type = String(options?.type ?? "");
  return /[^\u0020-\u007e]/.test(type) ? "" : type.toLowerCase();
}

export class File extends Blob {
  readonly #name: string;
  readonly #lastModified: number;
  constructor(parts: Iterable<BlobPart>, name: string, options?: { type?: string; lastModified?: number; endings?: "transparent" | "native" }) {
    if (arguments.length < 2) throw new TypeError("The File constructor needs the contents and a name");
    super(parts, options);
    this.#name = String(name).toWellFormed();
    this.#lastModified = options?.lastModified === undefined ? Date.now() : Number(options.lastModified) || 0;
  }
  get name(): string { return this.#name; }
  get lastModified(): number { return this.#lastModified; }
  get webkitRelativePath(): string { return ""; }
  override [inspectKey](depth: number, options: object, inspect: (v: unknown, o: object) => string): string {
    return `File ${inspect({ size: this.size, type: this.type, name: this.name, lastModified: this.lastModified }, options)}`;
  }
}
Object.defineProperty(File.prototype, Symbol.toStringTag, { value: "File", configurable: true });

/** blob: URLs of this worker. Bounded, so that a page that never revokes cannot eat the heap. */
const objectURLs = new Map<string, Blob>();
const mostObjectURLs = 1024;

export function createObjectURL(blob: Blob): string {
  if (!(blob instanceof Blob)) throw invalidArgType("obj", "Blob", blob);
  if (objectURLs.size >= mostObjectURLs) throw new DOMException(`more than ${mostObjectURLs} blob: URLs are alive; revoke some`, "QuotaExceededError");
  const url = `blob:nodedata:${crypto.randomUUID()}`;
  objectURLs.set(url, blob);
  return url;
}

export function revokeObjectURL(url: string): void {
  objectURLs.delete(String(url));
}

export function resolveObjectURL(url: string): Blob | undefined {
  return objectURLs.get(String(url).split("#", 1)[0]!);
}

Object.assign(URL, { createObjectURL, revokeObjectURL });
for (const name of ["createObjectURL", "revokeObjectURL"]) Object.defineProperty(URL, name, { enumerable: false });
