/** `next/legacy/image`: the image component before Next.js 13, with layouts and wrapper elements. */
import { useContext, useEffect, useRef, useState } from "react";
import type { CSSProperties, ImgHTMLAttributes, ReactElement, RefObject } from "react";
import { clientConfig } from "../client-config";
import { ImageConfigContext } from "../context";
import { imageAttributes, staticData } from "../image-loader";
import type { ImageLoader, StaticImport } from "../image-loader";
import { serviceLoader } from "./image-services";

export type { ImageLoader, ImageLoaderProps } from "../image-loader";

export interface ImageProps extends Omit<
  ImgHTMLAttributes<HTMLImageElement>,
  "src" | "srcSet" | "ref" | "width" | "height" | "loading"
> {
  src: string | StaticImport;
  width?: number | `${number}`;
  height?: number | `${number}`;
  /** Default "intrinsic"; "responsive" when sizes is given without a layout. */
  layout?: "fill" | "fixed" | "intrinsic" | "responsive";
  loader?: ImageLoader;
  quality?: number | `${number}`;
  priority?: boolean;
  loading?: "lazy" | "eager";
  lazyRoot?: RefObject<HTMLElement | null> | null;
  /** Margin around the viewport in which loading starts; default "200px". */
  lazyBoundary?: string;
  placeholder?: "blur" | "empty";
  blurDataURL?: string;
  unoptimized?: boolean;
  objectFit?: CSSProperties["objectFit"];
  objectPosition?: CSSProperties["objectPosition"];
  onLoadingComplete?: (size: { naturalWidth: number; naturalHeight: number }) => void;
}

const emptyGif = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
/** URLs that have been shown; a second time they are not lazy. Bounded by what one page view shows. */
const shown = new Set<string>();

const reset: CSSProperties = {
  width: "initial",
  height: "initial",
  background: "none",
  opacity: 1,
  border: 0,
  margin: 0,
  padding: 0,
};

function toInt(value: unknown): number | undefined {
  if (typeof value === "number" || value === undefined) return value;
  return typeof value === "string" ? parseInt(value, 10) : undefined;
}

interface Boxes {
  wrapper: CSSProperties;
  sizer?: CSSProperties;
  sizerImage?: string;
}

/** Styles of the elements around the img. */
function boxes(layout: string, width: number | undefined, height: number | undefined): Boxes {
  const wrapper: CSSProperties = { boxSizing: "border-box", display: "block", overflow: "hidden", ...reset };
  if (layout === "fill") {
    return { wrapper: { ...wrapper, position: "absolute", top: 0, left: 0, bottom: 0, right: 0 } };
  }
  wrapper.position = "relative";
  const sizer: CSSProperties = { boxSizing: "border-box", display: "block", ...reset };
  if (layout === "responsive") {
    const ratio = (height ?? NaN) / (width ?? NaN);
    return { wrapper, sizer: { ...sizer, paddingTop: isNaN(ratio) ? "100%" : `${ratio * 100}%` } };
  }
  wrapper.display = "inline-block";
  if (layout === "intrinsic") {
    const svg = `data:image/svg+xml,%3csvg%20xmlns=%27http://www.w3.org/2000/svg%27%20version=%271.1%27%20width=%27${width}%27%20height=%27${height}%27/%3e`;
    return {
      wrapper: { ...wrapper, maxWidth: "100%" },
      sizer: { ...sizer, maxWidth: "100%" },
      sizerImage: svg,
    };
  }
  return { wrapper: { ...wrapper, width, height } };
}

/** Whether the element came within `margin` of the viewport; true at once when not lazy. */
function useNear(
  ref: RefObject<Element | null>,
  lazy: boolean,
  margin: string,
  root: ImageProps["lazyRoot"],
): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (!lazy || near || !ref.current) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((e) => e.isIntersecting)) setNear(true);
      },
      { rootMargin: margin, root: root?.current ?? null },
    );
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [lazy, near, margin, root, ref]);
  return near;
}

export default function Image(props: ImageProps): ReactElement {
  const {
    src: source,
    sizes,
    unoptimized: unoptimizedProp = false,
    priority = false,
    loading,
    lazyRoot = null,
    lazyBoundary = "200px",
    className,
    quality,
    width: widthProp,
    height: heightProp,
    style,
    objectFit,
    objectPosition,
    onLoadingComplete,
    placeholder = "empty",
    blurDataURL: blurProp,
    layout: layoutProp,
    loader: loaderProp,
    ...rest
  } = props;
  const config = useContext(ImageConfigContext) ?? clientConfig().images;
  const layout = layoutProp ?? (sizes ? "responsive" : "intrinsic");
  const data = staticData(source);
  const src = data ? data.src : (source as string);
  const fill = layout === "fill";
  const width = toInt(widthProp) ?? (fill ? undefined : data?.width);
  const height = toInt(heightProp) ?? (fill ? undefined : data?.height);
  const blurDataURL = blurProp || data?.blurDataURL;

  let lazy = !priority && (loading === "lazy" || loading === undefined);
  let unoptimized = unoptimizedProp;
  if (src.startsWith("data:") || src.startsWith("blob:")) {
    unoptimized = true;
    lazy = false;
  }
  if (typeof window !== "undefined" && shown.has(src)) lazy = false;
  if (config.unoptimized) unoptimized = true;
  const img = useRef<HTMLImageElement>(null);
  const near = useNear(img, lazy, lazyBoundary, lazyRoot);
  const visible = !lazy || near;

  const loader: ImageLoader = loaderProp ?? serviceLoader(config, src);
  const attributes = imageAttributes(
    config,
    { src, unoptimized, width, quality: toInt(quality), sizes, loader },
    layout === "fill" || layout === "responsive",
  );
  const [blurDone, setBlurDone] = useState(false);
  const blur = placeholder === "blur" && !blurDone;
  const imgStyle: CSSProperties = {
    position: "absolute",
    top: 0,
    left: 0,
    bottom: 0,
    right: 0,
    boxSizing: "border-box",
    padding: 0,
    border: "none",
    margin: "auto",
    display: "block",
    width: 0,
    height: 0,
    minWidth: "100%",
    maxWidth: "100%",
    minHeight: "100%",
    maxHeight: "100%",
    objectFit,
    objectPosition,
  };
  const styleOfImage = { ...style, ...imgStyle };
  const blurStyle: CSSProperties = blur
    ? {
        backgroundSize: objectFit || "cover",
        backgroundPosition: objectPosition || "0% 0%",
        filter: "blur(20px)",
        backgroundImage: `url("${blurDataURL}")`,
      }
    : {};

  const latest = useRef(onLoadingComplete);
  useEffect(() => {
    latest.current = onLoadingComplete;
  }, [onLoadingComplete]);
  const finished = (el: HTMLImageElement) => {
    if (el.src === emptyGif) return;
    el.decode()
      .catch(() => {})
      .then(() => {
        if (!el.isConnected) return;
        shown.add(src);
        if (placeholder === "blur") setBlurDone(true);
        latest.current?.({ naturalWidth: el.naturalWidth, naturalHeight: el.naturalHeight });
      });
  };
  useEffect(() => {
    if (visible && img.current?.complete) finished(img.current);
  }, [visible, src]);

  const { wrapper, sizer, sizerImage } = boxes(layout, width, height);
  const { onLoad, onError, ...others } = rest;
  const actual = visible
    ? { sizes: attributes.sizes, srcSet: attributes.srcSet, src: attributes.src }
    : { src: emptyGif };
  return (
    <span style={wrapper}>
      {sizer ? (
        <span style={sizer}>
          {sizerImage ? (
            <img
              style={{ display: "block", maxWidth: "100%", ...reset }}
              alt=""
              aria-hidden
              src={sizerImage}
            />
          ) : null}
        </span>
      ) : null}
      <img
        {...others}
        {...actual}
        decoding="async"
        data-nimg={layout}
        className={className}
        style={{ ...styleOfImage, ...blurStyle }}
        ref={img}
        onLoad={(event) => {
          finished(event.currentTarget);
          onLoad?.(event);
        }}
        onError={(event) => {
          if (placeholder === "blur") setBlurDone(true);
          onError?.(event);
        }}
      />
      {lazy || placeholder === "blur" ? (
        <noscript>
          <img
            {...others}
            loading={loading || "lazy"}
            decoding="async"
            data-nimg={layout}
            style={styleOfImage}
            className={className}
            {...imageAttributes(
              config,
              { src, unoptimized, width, quality: toInt(quality), sizes, loader },
              layout === "fill" || layout === "responsive",
            )}
          />
        </noscript>
      ) : null}
    </span>
  );
}
