/** Fetching scripts of the development server, and running code that came over the socket. */
import type { Definition } from "./registry";

/** A module's id as a path: what is not plain in a URL becomes "~" and the hexadecimal digits of each byte, as the compiler does it. */
export function escapeId(id: string): string {
  if (/^[\w/.\-@+]*$/.test(id) && !/\.\.|\/\//.test(id)) return id;
  const text = Array.from(new TextEncoder().encode(id), (byte) => String.fromCharCode(byte)).join("");
  return text.replace(/[^\w/.\-@+]|(?<=\.)\.|\.(?=\.)|(?<=\/)\//g, (byte) => {
    return "~" + byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0");
  });
}

const own = document.currentScript as HTMLScriptElement | null;

/** The nonce that a Content-Security-Policy asks for, as the document's own scripts have it. */
function nonce(): string | undefined {
  return document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce || undefined;
}

const loading = new Map<string, Promise<void>>();

/** Runs a script of the server, fetched once at a time. A failure is not remembered. */
export function loadScript(url: string): Promise<void> {
  let promise = loading.get(url);
  if (!promise) {
    promise = new Promise<void>((resolve, reject) => {
      const script = document.createElement("script");
      script.src = url;
      const secret = nonce();
      if (secret) script.nonce = secret;
      // As the document's own scripts: else errors of another origin would say nothing.
      if (own?.crossOrigin) script.crossOrigin = own.crossOrigin;
      script.onload = () => resolve();
      script.onerror = () => reject(new Error(`Failed to load script: ${url}`));
      document.head.append(script);
    });
    loading.set(url, promise);
    const done = () => loading.delete(url);
    promise.then(done, done);
  }
  return promise;
}

/** The function that an update's code is. Throws where the page's Content-Security-Policy forbids to run text. */
export function evaluate(code: string): Definition["run"] {
  try {
    return (0, eval)(code);
  } catch (err) {
    if (err instanceof SyntaxError) throw err;
  }
  let made: Definition["run"] | undefined;
  const name = "__onward_made";
  const scope = globalThis as unknown as Record<string, unknown>;
  scope[name] = (run: Definition["run"]) => (made = run);
  const script = document.createElement("script");
  try {
    const secret = nonce();
    if (secret) script.nonce = secret;
    // What stands behind the last line is the sourceURL.
    script.text = code.replace(/^/, `${name}(`).replace(/\s*(\n\/\/# source[\s\S]*)?$/, ");$1");
    document.head.append(script);
  } finally {
    script.remove();
    delete scope[name];
  }
  if (!made) throw new Error("The Content-Security-Policy of the page does not let updates run");
  return made;
}
