/** URLs and widths of optimised images; shared by next/image and next/legacy/image. */
import { clientConfig } from "./client-config";
import type { ImageConfig } from "./client-config";

export interface ImageLoaderProps {
  src: string;
  width: number;
  quality?: number;
}
export type ImageLoader = (props: ImageLoaderProps) => string;

/** What importing an image file gives. */
export interface StaticImageData {
  src: string;
  height: number;
  width: number;
  blurDataURL?: string;
  blurWidth?: number;
  blurHeight?: number;
}
export interface StaticRequire {
  default: StaticImageData;
}
export type StaticImport = StaticRequire | StaticImageData;

/** The data of an imported image, or undefined for a URL. */
export function staticData(src: unknown): StaticImageData | undefined {
  if (!src || typeof src !== "object") return;
  const data = "default" in src ? src.default : src;
  return (data as StaticImageData).src !== undefined ? (data as StaticImageData) : undefined;
}

/** The configured quality closest to the wanted one (default 75). */
export function nearestQuality(quality: number | undefined, config: ImageConfig): number {
  const wanted = quality || 75;
  const { qualities } = config;
  if (!qualities?.length) return wanted;
  return qualities.reduce((best, q) => (Math.abs(q - wanted) < Math.abs(best - wanted) ? q : best));
}

function deployment(src: string): string {
  const { deploymentId } = clientConfig();
  return deploymentId && src.startsWith("/") && !src.startsWith("//") ? deploymentId : "";
}

/** The image endpoint's URL: path?url=…&w=…&q=…. */
export function endpointUrl(config: ImageConfig, { src, width, quality }: ImageLoaderProps): string {
  const q = nearestQuality(quality, config);
  const id = deployment(src);
  // An imported image has the id in its own URL, which the endpoint is not asked for.
  const source = id ? src.replace(`?dpl=${id}`, "") : src;
  return `${config.path}?url=${encodeURIComponent(source)}&w=${width}&q=${q}${id ? "&dpl=" + id : ""}`;
}

/** A local image that is not optimised keeps its URL but for the deployment id. */
export function plainUrl(src: string): string {
  const id = deployment(src);
  return id && !/[?&]dpl=/.test(src) ? src + (src.includes("?") ? "&" : "?") + "dpl=" + id : src;
}

export interface ImageAttributes {
  src: string;
  srcSet?: string;
  sizes?: string;
}

/** Widths to offer, and whether the srcset counts pixels ("w") or densities ("x"). */
export function imageWidths(
  config: ImageConfig,
  width: number | undefined,
  sizes: string | undefined,
  /** Layout of next/legacy/image that uses all device widths. */
  fluid = false,
): { widths: number[]; kind: "w" | "x" } {
  const { deviceSizes } = config;
  const every = [...deviceSizes, ...config.imageSizes].sort((a, b) => a - b);
  if (sizes) {
    const shares = [...sizes.matchAll(/(?:^|\s)(1?\d?\d)vw/g)].map((m) => parseInt(m[2] ?? m[1]!));
    if (!shares.length) return { widths: every, kind: "w" };
    const least = Math.min(...shares) * 0.01;
    return { widths: every.filter((s) => s >= deviceSizes[0]! * least), kind: "w" };
  }
  if (fluid || typeof width !== "number") return { widths: deviceSizes, kind: "w" };
  // Densities above 2x look the same to the eye and cost three times the bytes.
  const widths = [width, width * 2].map((w) => every.find((s) => s >= w) ?? every[every.length - 1]!);
  return { widths: [...new Set(widths)], kind: "x" };
}

/** src, srcset and sizes; the src is the largest width. */
export function imageAttributes(
  config: ImageConfig,
  image: {
    src: string;
    unoptimized: boolean;
    width?: number;
    quality?: number;
    sizes?: string;
    loader: ImageLoader;
  },
  fluid = false,
): ImageAttributes {
  const { src, unoptimized, width, quality, sizes, loader } = image;
  if (unoptimized) return { src: plainUrl(src), srcSet: undefined, sizes: undefined };
  const { widths, kind } = imageWidths(config, width, sizes, fluid);
  return {
    sizes: !sizes && kind === "w" ? "100vw" : sizes,
    srcSet: widths
      .map((w, i) => `${loader({ src, quality, width: w })} ${kind === "w" ? w : i + 1}${kind}`)
      .join(", "),
    src: loader({ src, quality, width: widths[widths.length - 1]! }),
  };
}
