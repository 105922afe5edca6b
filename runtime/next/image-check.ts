/**
 * What is wrong with an image that a developer can mend. Asked in development only:
 * production bundles have nothing of this.
 */
import type { ImageConfig } from "./client-config";
import { staticData } from "./image-loader";
import type { ImageProps } from "./image-props";

/** What has been made of the props. */
export interface CheckedImage {
  src: string;
  width?: number;
  height?: number;
  blurDataURL?: string;
  /** preload or priority. */
  eager: boolean;
  unoptimized: boolean;
}

/** Warnings are given once for each text; a list that grew too long begins anew. */
const warned = new Set<string>();
const maxWarned = 500;

function warnOnce(text: string): void {
  if (warned.has(text)) return;
  if (warned.size >= maxWarned) warned.clear();
  warned.add(text);
  console.warn(text);
}

/** Throws what makes an image useless, and warns of what makes it slow. */
export function checkImage(given: ImageProps, image: CheckedImage, config: ImageConfig): void {
  const { src, alt, width, height, fill, loading, placeholder, blurDataURL, style } = given;
  const fail = (text: string): never => {
    throw new Error(`Image with src "${image.src}" ${text}`);
  };
  if (!image.src) throw new Error('Image is missing required "src" property. Pass "src" in the props of next/image.');
  if (image.src !== image.src.trim()) fail("has white space or control characters at its ends. Remove them with src.trim().");
  if (fill) {
    if (width !== undefined) fail('has both "width" and "fill" properties. Use one of them.');
    if (height !== undefined) fail('has both "height" and "fill" properties. Use one of them.');
    if (style?.position && style.position !== "absolute") fail('has both "fill" and "style.position". Images with fill are always absolute.');
    if (style?.width && style.width !== "100%") fail('has both "fill" and "style.width". Images with fill are 100% wide.');
    if (style?.height && style.height !== "100%") fail('has both "fill" and "style.height". Images with fill are 100% high.');
  } else {
    for (const name of ["width", "height"] as const) {
      const value = image[name];
      if (value === undefined) fail(`is missing required "${name}" property.`);
      if (Number.isNaN(value)) fail(`has invalid "${name}" property. Expected a number of pixels, but received "${String(given[name])}".`);
    }
  }
  if (alt === undefined) {
    console.error(`Image with src "${image.src}" is missing required "alt" property. Describe the image for those who cannot see it; alt="" says that there is nothing to describe.`);
  }
  if (loading && !["lazy", "eager"].includes(loading)) fail(`has invalid "loading" property "${loading}". Use "lazy" or "eager".`);
  if (image.eager && loading === "lazy") fail('has both "preload" (or "priority") and loading="lazy". Use one of them.');
  if (placeholder === "blur" && !image.blurDataURL && !blurDataURL) {
    fail('has placeholder="blur" but no "blurDataURL". Add one, import the image file, or remove the placeholder.');
  }
  if (placeholder && !["blur", "empty"].includes(placeholder) && !placeholder.startsWith("data:image/")) {
    fail(`has invalid "placeholder" property "${placeholder}".`);
  }
  if (typeof src === "object" && !staticData(src)) fail("is not an imported image.");
  if (placeholder === "blur" && image.width && image.height && image.width * image.height < 1600) {
    warnOnce(`Image with src "${image.src}" is smaller than 40x40. Remove placeholder="blur": it costs more than it hides.`);
  }
  if (image.unoptimized) return;
  const { loader, quality } = given;
  if (loader) checkLoader(image, loader);
  else if (config.loader === "default") checkSource(image.src, config);
  if (!loader && quality !== undefined && config.qualities?.length && !config.qualities.includes(Number(quality))) {
    warnOnce(
      `Image with src "${image.src}" has quality "${quality}", which is not in images.qualities (${config.qualities.join(", ")}). Add it there, or the nearest one is used.`,
    );
  }
}

/** A loader that gives every width the same URL makes a useless srcset. */
function checkLoader({ src, width = 400 }: CheckedImage, loader: NonNullable<ImageProps["loader"]>): void {
  const url = loader({ src, width, quality: 75 });
  if (url === src && !url.includes(String(width))) {
    warnOnce(`Image with src "${src}" has a "loader" that does not use width. Put width into the URL, or set "unoptimized".`);
  }
}

/** Throws when the endpoint would refuse the image. */
function checkSource(src: string, { domains, remotePatterns, localPatterns }: ImageConfig): void {
  if (src.startsWith("//")) {
    throw new Error(`Failed to parse src "${src}" on \`next/image\`: a URL must begin with its protocol (http:// or https://).`);
  }
  if (src.startsWith("/")) {
    const { pathname, search } = new URL(src, "http://n");
    if (!allowsLocal(pathname, search, localPatterns as LocalPattern[] | undefined)) {
      throw new Error(`Invalid src prop (${src}) on \`next/image\`: it matches none of images.localPatterns in next.config${search && !localPatterns ? ", and images with a query need one" : ""}.`);
    }
    return;
  }
  let url: URL;
  try {
    url = new URL(src);
  } catch {
    throw new Error(`Failed to parse src "${src}" on \`next/image\`: a path begins with a slash, a URL with http:// or https://.`);
  }
  if (domains?.includes(url.hostname) || (remotePatterns as RemotePattern[] | undefined)?.some((p) => allowsRemote(p, url))) return;
  throw new Error(
    `Invalid src prop (${src}) on \`next/image\`, hostname "${url.hostname}" is not configured under images in next.config. Add it to images.remotePatterns.`,
  );
}

interface LocalPattern {
  pathname?: string;
  search?: string;
}
interface RemotePattern extends LocalPattern {
  protocol?: string;
  hostname: string;
  port?: string;
}

function allowsLocal(pathname: string, search: string, patterns: LocalPattern[] | undefined): boolean {
  if (!patterns?.length) return search === "";
  return patterns.some((p) => (p.search === undefined || p.search === search) && matches(p.pathname || "**", pathname));
}

function allowsRemote(p: RemotePattern, url: URL): boolean {
  return (
    (!p.protocol || p.protocol.replace(/:$/, "") === url.protocol.slice(0, -1)) &&
    (p.port === undefined || p.port === url.port) &&
    (p.search === undefined || p.search === url.search) &&
    matches(p.hostname, url.hostname) &&
    matches(p.pathname || "**", url.pathname)
  );
}

/** "*" stands for part of a segment, "**" for any number of segments. */
function matches(pattern: string, text: string): boolean {
  let source = "";
  for (let rest = pattern; rest; ) {
    if (rest === "/**") [source, rest] = [`${source}(?:/.*)?`, ""];
    else if (rest.startsWith("**/")) [source, rest] = [`${source}(?:.*/)?`, rest.slice(3)];
    else if (rest === "**" && source === "") [source, rest] = [".*", ""];
    else if (rest.startsWith("*")) [source, rest] = [`${source}[^/]+`, rest.replace(/^\*+/, "")];
    else [source, rest] = [source + rest[0]!.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&"), rest.slice(1)];
  }
  return new RegExp(`^${source}$`).test(text);
}

/** What shows only once the pixels are there. */
export function checkLoaded(img: HTMLImageElement, { fill, unoptimized, sizes }: { fill: boolean; unoptimized: boolean; sizes?: string }): void {
  const shown = new URL(img.src, "http://n").searchParams.get("url") || img.src;
  if (!fill) {
    const ratio = Math.abs(img.naturalWidth / img.naturalHeight - img.width / img.height) > 0.1;
    const attribute = (name: string): string => String(img.getAttribute(name) ?? "");
    const changedWidth = String(img.width) !== attribute("width");
    const changedHeight = String(img.height) !== attribute("height");
    if (ratio && changedWidth !== changedHeight) {
      warnOnce(
        `Image with src "${shown}" has either width or height changed by CSS, but not the other. Set width: "auto" or height: "auto" beside it to keep its shape.`,
      );
    }
    return;
  }
  if (!unoptimized && (!sizes || sizes === "100vw") && img.getBoundingClientRect().width / window.innerWidth < 0.6) {
    warnOnce(`Image with src "${shown}" has "fill" but is much narrower than the viewport. Say how wide it is in "sizes", so that no larger one is fetched.`);
  }
  if (img.parentElement) {
    const { position } = window.getComputedStyle(img.parentElement);
    if (!["absolute", "fixed", "relative"].includes(position)) {
      warnOnce(`Image with src "${shown}" has "fill" and a parent with position "${position}". It must be absolute, fixed or relative.`);
    }
  }
  if (img.height === 0) warnOnce(`Image with src "${shown}" has "fill" and a height of 0. Its parent has no height; give it one.`);
}
