/** FormData, and multipart/form-data both ways. */
import { Blob, File } from "./blob";
import { bytesOf } from "./encoding";
import { join } from "./streams";

export type FormDataEntry = string | File;

export class FormData {
  #list: [string, FormDataEntry][] = [];

  constructor(form?: unknown) {
    if (form !== undefined) throw new TypeError("FormData constructor: an HTML form is not available on a server");
  }
  append(name: string, value: string | Blob, filename?: string): void {
    this.#list.push(entry(name, value, filename));
  }
  set(name: string, value: string | Blob, filename?: string): void {
    const made = entry(name, value, filename);
    const at = this.#list.findIndex((e) => e[0] === made[0]);
    if (at < 0) this.#list.push(made);
    else this.#list = this.#list.flatMap((e, i) => (i === at ? [made] : e[0] === made[0] ? [] : [e]));
  }
  delete(name: string): void {
    this.#list = this.#list.filter((e) => e[0] !== String(name));
  }
  get(name: string): FormDataEntry | null {
    return this.#list.find((e) => e[0] === String(name))?.[1] ?? null;
  }
  getAll(name: string): FormDataEntry[] {
    return this.#list.filter((e) => e[0] === String(name)).map((e) => e[1]);
  }
  has(name: string): boolean {
    return this.#list.some((e) => e[0] === String(name));
  }
  *entries(): IterableIterator<[string, FormDataEntry]> {
    for (let i = 0; i < this.#list.length; i++) yield [...this.#list[i]!];
  }
  *keys(): IterableIterator<string> {
    for (const [name] of this.entries()) yield name;
  }
  *values(): IterableIterator<FormDataEntry> {
    for (const [, value] of this.entries()) yield value;
  }
  forEach(callback: (value: FormDataEntry, name: string, form: FormData) => void, thisArg?: unknown): void {
    for (const [name, value] of this) callback.call(thisArg, value, name, this);
  }
  declare [Symbol.iterator]: () => IterableIterator<[string, FormDataEntry]>;
}
Object.defineProperties(FormData.prototype, {
  [Symbol.toStringTag]: { value: "FormData", configurable: true },
  [Symbol.iterator]: { value: FormData.prototype.entries, writable: true, configurable: true },
});

function entry(name: string, value: string | Blob, filename: string | undefined): [string, FormDataEntry] {
  const key = String(name).toWellFormed();
  if (!(value instanceof Blob)) {
    if (filename !== undefined) throw new TypeError("FormData: a file name needs a Blob as value");
    return [key, String(value).toWellFormed()];
  }
  if (value instanceof File && filename === undefined) return [key, value];
  return [key, new File([value], filename === undefined ? "blob" : String(filename), { type: value.type })];
}

/** The multipart form of a FormData; boundary is 16 random bytes in hex after dashes. */
export function encodeFormData(form: FormData): { bytes: Uint8Array; type: string } {
  const random = crypto.getRandomValues(new Uint8Array(16));
  const boundary = "----formdata-onward-" + __native.bytesToString(random, "hex");
  const chunks: Uint8Array[] = [];
  let size = 0;
  const add = (bytes: Uint8Array): void => {
    chunks.push(bytes);
    size += bytes.length;
  };
  const escape = (text: string): string => text.replace(/\r\n|\r|\n/g, "%0D%0A").replaceAll('"', "%22");
  for (const [name, value] of form) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escape(name)}"`;
    if (typeof value === "string") {
      add(__native.encode(`${head}\r\n\r\n${value.replace(/\r\n|\r|\n/g, "\r\n")}\r\n`));
    } else {
      const fileName = value.name.replace(/\r/g, "%0D").replace(/\n/g, "%0A").replaceAll('"', "%22");
      add(__native.encode(`${head}; filename="${fileName}"\r\nContent-Type: ${value.type || "application/octet-stream"}\r\n\r\n`));
      add(Blob.bytes(value));
      add(__native.encode("\r\n"));
    }
  }
  add(__native.encode(`--${boundary}--\r\n`));
  return { bytes: join(chunks, size), type: `multipart/form-data; boundary=${boundary}` };
}

/** Most parts a multipart body may have; a guard against bodies made of borders. */
const mostParts = 10_000;

/** Parses a multipart body. Throws TypeError when it is malformed. */
export function parseMultipart(body: Uint8Array, boundary: string): FormData {
  const form = new FormData();
  const text = __native.bytesToString(body, "latin1");
  const border = `--${boundary}`;
  let at = text.indexOf(border);
  if (at !== 0 && (at < 2 || text.slice(at - 2, at) !== "\r\n")) throw malformed();
  for (let count = 0; ; count++) {
    if (count > mostParts) throw new TypeError(`multipart body has more than ${mostParts} parts`);
    at += border.length;
    if (text.startsWith("--", at)) return form;
    if (!text.startsWith("\r\n", at)) throw malformed();
    const headEnd = text.indexOf("\r\n\r\n", at);
    if (headEnd < 0) throw malformed();
    const next = text.indexOf(`\r\n${border}`, headEnd + 2);
    if (next < 0) throw malformed();
    const head = __native.decode(body.subarray(at + 2, headEnd), false);
    const content = body.subarray(headEnd + 4, Math.max(next, headEnd + 4));
    const lines = head.split("\r\n");
    const disposition = lines.find((l) => /^content-disposition\s*:/i.test(l)) ?? "";
    const name = parameter(disposition, "name");
    if (name === undefined) throw malformed();
    const fileName = parameter(disposition, "filename");
    if (fileName === undefined) form.append(name, __native.decode(content, false));
    else {
      const type = lines.find((l) => /^content-type\s*:/i.test(l))?.replace(/^[^:]*:\s*/, "") ?? "text/plain";
      form.append(name, new File([content], fileName, { type }));
    }
    at = next + 2;
  }
}

function malformed(): TypeError {
  return new TypeError("Failed to parse body as FormData.");
}

function parameter(header: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, "i").exec(header);
  if (!match) return undefined;
  return (match[1] ?? match[2] ?? "").replace(/%22/g, '"').replace(/%0D/gi, "\r").replace(/%0A/gi, "\n");
}

/** formData() of a body with this content type. */
export function parseFormBody(bytes: Uint8Array, contentType: string | null): FormData {
  const type = contentType ?? "";
  if (/^multipart\/form-data\s*(;|$)/i.test(type)) {
    const match = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(type);
    if (!match) throw malformed();
    return parseMultipart(bytes, match[1] ?? match[2]!);
  }
  if (/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    const form = new FormData();
    for (const [name, value] of new URLSearchParams(__native.decode(bytesOf(bytes), false))) form.append(name, value);
    return form;
  }
  throw new TypeError('Content-Type was not one of "multipart/form-data" or "application/x-www-form-urlencoded".');
}
