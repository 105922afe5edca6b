/** Props of next/image → attributes of an img. Pure; both sides must agree to the letter. */
import type { CSSProperties, ImgHTMLAttributes } from "react";
import type { ImageConfig } from "./client-config";
import customLoader from "./custom-loader";
import { checkImage } from "./image-check";
import { endpointUrl, imageAttributes, staticData } from "./image-loader";
import type { ImageLoader, StaticImport } from "./image-loader";

export type Placeholder = "blur" | "empty" | `data:image/${string}`;

export interface ImageProps extends Omit<
  ImgHTMLAttributes<HTMLImageElement>,
  "src" | "srcSet" | "alt" | "width" | "height" | "loading" | "ref"
> {
  src: string | StaticImport;
  alt: string;
  /** CSS pixels; needed unless src is an import or fill is set. */
  width?: number | `${number}`;
  height?: number | `${number}`;
  /** Fill the nearest positioned ancestor; default false. */
  fill?: boolean;
  loader?: ImageLoader;
  quality?: number | `${number}`;
  /** Load early, with a preload link. `priority` is the older name. */
  preload?: boolean;
  priority?: boolean;
  loading?: "eager" | "lazy";
  placeholder?: Placeholder;
  blurDataURL?: string;
  unoptimized?: boolean;
  /** src attribute to show instead; srcset stays. */
  overrideSrc?: string;
  onLoadingComplete?: (img: HTMLImageElement) => void;
  /** Of next/legacy/image, still understood. */
  layout?: string;
  objectFit?: string;
  objectPosition?: string;
  lazyBoundary?: string;
  lazyRoot?: string;
}

/** Attributes in the order in which they are written. */
export interface ImgProps extends ImgHTMLAttributes<HTMLImageElement> {
  style: CSSProperties;
  src: string;
}
export interface ImageMeta {
  unoptimized: boolean;
  preload: boolean;
  placeholder: Placeholder;
  fill: boolean;
}

declare const process: { env: { NODE_ENV?: string } };

function toNumber(value: unknown): number | undefined {
  if (value === undefined) return;
  if (typeof value === "number") return Number.isFinite(value) ? value : NaN;
  return typeof value === "string" && /^\d+$/.test(value) ? parseInt(value, 10) : NaN;
}

/** The image's own loader, that of images.loaderFile, or the endpoint. */
function loaderOf(config: ImageConfig, loader: ImageLoader | undefined): ImageLoader {
  if (loader) {
    return ({ src, width, quality }) => loader({ src, width, quality });
  }
  if (config.loader === "custom") {
    if (customLoader) return customLoader;
    return ({ src }) => {
      throw new Error(
        `Image with src "${src}" is missing "loader" prop. images.loader is "custom": give each image a loader, or set images.loaderFile.`,
      );
    };
  }
  return (props) => endpointUrl(config, props);
}

/** Background of an image that is being loaded. */
function placeholderImage(
  placeholder: Placeholder,
  blur: {
    width?: number;
    height?: number;
    blurWidth?: number;
    blurHeight?: number;
    dataURL: string;
    fit?: string;
  },
): string | undefined {
  if (placeholder === "empty") return;
  if (placeholder !== "blur") return `url("${placeholder}")`;
  // Eight pixels of blur made at build stand for the image; 40 is the scale of the filter to them.
  const w = blur.blurWidth ? blur.blurWidth * 40 : blur.width;
  const h = blur.blurHeight ? blur.blurHeight * 40 : blur.height;
  const box = w && h ? `viewBox='0 0 ${w} ${h}'` : "";
  const ratio = box
    ? "none"
    : blur.fit === "contain"
      ? "xMidYMid"
      : blur.fit === "cover"
        ? "xMidYMid slice"
        : "none";
  const all = "x='0' y='0' width='100%25' height='100%25'";
  return (
    `url("data:image/svg+xml;charset=utf-8,` +
    `%3Csvg xmlns='http://www.w3.org/2000/svg' ${box}%3E` +
    `%3Cfilter id='b' color-interpolation-filters='sRGB'%3E%3CfeGaussianBlur stdDeviation='20'/%3E` +
    `%3CfeColorMatrix values='1 0 0 0 0 0 1 0 0 0 0 0 1 0 0 0 0 0 100 -1' result='s'/%3E` +
    `%3CfeFlood ${all}/%3E%3CfeComposite operator='out' in='s'/%3E%3CfeComposite in2='SourceGraphic'/%3E` +
    `%3CfeGaussianBlur stdDeviation='20'/%3E%3C/filter%3E` +
    `%3Cimage width='100%25' height='100%25' x='0' y='0' preserveAspectRatio='${ratio}' style='filter: url(%23b);' href='${blur.dataURL}'/%3E%3C/svg%3E")`
  );
}

const fits = new Set(["contain", "cover", "fill", "none", "scale-down"]);

/** Attributes of the img, and what the component has to know. */
export function imageProps(given: ImageProps, config: ImageConfig): { props: ImgProps; meta: ImageMeta } {
  const {
    src: source,
    sizes: sizesProp,
    unoptimized: unoptimizedProp = false,
    priority = false,
    preload = false,
    loading,
    className,
    quality,
    width: widthProp,
    height: heightProp,
    fill: fillProp = false,
    style,
    overrideSrc,
    onLoad: _onLoad,
    onLoadingComplete: _onLoadingComplete,
    placeholder = "empty",
    blurDataURL: blurProp,
    fetchPriority,
    decoding = "async",
    layout,
    objectFit,
    objectPosition,
    lazyBoundary: _lazyBoundary,
    lazyRoot: _lazyRoot,
    loader: loaderProp,
    ...rest
  } = given;
  const loader = loaderOf(config, loaderProp);
  let fill = fillProp;
  let sizes = sizesProp;
  let base: CSSProperties | undefined = style;
  if (layout) {
    if (layout === "fill") fill = true;
    const older: Record<string, CSSProperties> = {
      intrinsic: { maxWidth: "100%", height: "auto" },
      responsive: { width: "100%", height: "auto" },
    };
    if (older[layout]) base = { ...style, ...older[layout] };
    if ((layout === "responsive" || layout === "fill") && !sizes) sizes = "100vw";
  }

  let width = toNumber(widthProp);
  let height = toNumber(heightProp);
  const data = staticData(source);
  let src = typeof source === "string" ? source : "";
  let blurDataURL = blurProp;
  let blurWidth: number | undefined;
  let blurHeight: number | undefined;
  if (data) {
    if (!data.src || (process.env.NODE_ENV !== "production" && (!data.width || !data.height))) {
      throw new Error(
        `An imported image must have src, width and height, but it is ${JSON.stringify(data)}.`,
      );
    }
    ({ src, blurWidth, blurHeight } = data);
    blurDataURL ||= data.blurDataURL;
    if (!fill) {
      if (!width && !height) {
        ({ width, height } = data);
      } else if (width && !height) height = Math.round(data.height * (width / data.width));
      else if (!width && height) width = Math.round(data.width * (height / data.height));
    }
  }

  let lazy = !priority && !preload && (loading === "lazy" || loading === undefined);
  let unoptimized = unoptimizedProp;
  if (!src || src.startsWith("data:") || src.startsWith("blob:")) {
    unoptimized = true;
    lazy = false;
  }
  if (config.unoptimized) unoptimized = true;
  // A vector image gains nothing from the endpoint, which by default refuses it.
  if (
    !loaderProp &&
    config.loader !== "custom" &&
    !config.dangerouslyAllowSVG &&
    src.split("?", 1)[0]!.endsWith(".svg")
  ) {
    unoptimized = true;
  }
  if (process.env.NODE_ENV === "development") {
    checkImage(given, { src, width, height, blurDataURL, eager: priority || preload, unoptimized }, config);
  }

  const imgStyle: CSSProperties = {
    ...(fill
      ? {
          position: "absolute",
          height: "100%",
          width: "100%",
          left: 0,
          top: 0,
          right: 0,
          bottom: 0,
          objectFit: objectFit as any,
          objectPosition,
        }
      : {}),
    color: "transparent",
    ...base,
  };
  const fit = imgStyle.objectFit as string | undefined;
  const background = placeholderImage(placeholder, {
    width,
    height,
    blurWidth,
    blurHeight,
    dataURL: blurDataURL || "",
    fit,
  });
  const backgroundSize =
    !fit || !fits.has(fit)
      ? "cover"
      : fit === "fill"
        ? "100% 100%"
        : fit === "none" || fit === "scale-down"
          ? "contain"
          : fit;
  const placeholderStyle: CSSProperties = background
    ? {
        backgroundSize,
        backgroundPosition: imgStyle.objectPosition || "50% 50%",
        backgroundRepeat: "no-repeat",
        backgroundImage: background,
      }
    : {};

  const attributes = imageAttributes(config, {
    src,
    unoptimized,
    width,
    quality: toNumber(quality),
    sizes,
    loader,
  });
  return {
    props: {
      ...rest,
      loading: lazy ? "lazy" : loading,
      fetchPriority,
      width,
      height,
      decoding,
      className,
      style: { ...imgStyle, ...placeholderStyle },
      sizes: attributes.sizes,
      srcSet: attributes.srcSet,
      src: overrideSrc || attributes.src,
    },
    meta: { unoptimized, preload: preload || priority, placeholder, fill },
  };
}
