/** `next/image`: images in the size the screen needs. */
import { forwardRef, useCallback, useContext, useEffect, useLayoutEffect, useRef, useState, use } from "react";
import type { Ref, RefObject, SyntheticEvent } from "react";
import { clientConfig } from "./client-config";
import { ImageConfigContext } from "./context";
import Head from "./head";
import { checkLoaded } from "./image-check";
import { imageProps } from "./image-props";
import type { ImageProps, ImgProps, Placeholder } from "./image-props";

export type { ImageProps } from "./image-props";
export type { ImageLoader, ImageLoaderProps, StaticImageData } from "./image-loader";

/** Attributes of the img that <Image> would render, for use in picture elements and backgrounds. */
export function getImageProps(props: ImageProps): { props: ImgProps } {
  const { props: img } = imageProps(props, clientConfig().images);
  // Keys without a value would overwrite what the caller spreads before them.
  for (const key of Object.keys(img) as (keyof ImgProps)[]) if (img[key] === undefined) delete img[key];
  return { props: img };
}

declare const process: { env: { NODE_ENV?: string } };

type LoadImage = HTMLImageElement & { "data-loaded-src"?: string };

interface LoadHandlers {
  onLoad?: (event: SyntheticEvent<HTMLImageElement>) => void;
  onLoadingComplete?: (img: HTMLImageElement) => void;
}

/** Runs once per src, when the pixels are decoded; also for images that loaded before hydration. */
function imageLoaded(
  img: LoadImage,
  placeholder: Placeholder,
  handlers: { current: LoadHandlers },
  complete: () => void,
): void {
  const src = img.src;
  if (!img || img["data-loaded-src"] === src) return;
  img["data-loaded-src"] = src;
  const decoded = "decode" in img ? img.decode() : Promise.resolve();
  decoded
    .catch(() => {})
    .then(() => {
      if (!img.parentElement || !img.isConnected) return;
      if (placeholder !== "empty") complete();
      const { onLoad, onLoadingComplete } = handlers.current;
      if (onLoad) {
        // React's own event may have gone by before hydration, so this makes one.
        const event = new Event("load");
        Object.defineProperty(event, "target", { writable: false, value: img });
        let prevented = false;
        let stopped = false;
        onLoad({
          ...event,
          nativeEvent: event,
          currentTarget: img,
          target: img,
          isDefaultPrevented: () => prevented,
          isPropagationStopped: () => stopped,
          persist() {},
          preventDefault() {
            prevented = true;
            event.preventDefault();
          },
          stopPropagation() {
            stopped = true;
            event.stopPropagation();
          },
        } as unknown as SyntheticEvent<HTMLImageElement>);
      }
      onLoadingComplete?.(img);
    });
}

/** React 18 knows fetchPriority by its name in HTML only, and says so in development. */
const lowercase = (): boolean => (use as unknown) === undefined;

function PreloadLink({ img }: { img: ImgProps }) {
  return (
    <Head>
      <link
        key={"__nimg-" + img.src + img.srcSet + img.sizes}
        rel="preload"
        href={img.srcSet ? undefined : img.src}
        as="image"
        imageSrcSet={img.srcSet}
        imageSizes={img.sizes}
        crossOrigin={img.crossOrigin}
        referrerPolicy={img.referrerPolicy}
        {...(process.env.NODE_ENV !== "production" && lowercase() ? { fetchpriority: img.fetchPriority } : { fetchPriority: img.fetchPriority })}
      />
    </Head>
  );
}

const Image = forwardRef<HTMLImageElement, ImageProps>(function Image(props, forwarded) {
  const config = useContext(ImageConfigContext) ?? clientConfig().images;
  const [complete, setComplete] = useState(false);
  const [showAlt, setShowAlt] = useState(false);
  const { props: attributes, meta } = imageProps(props, config);
  const { onLoad, onLoadingComplete } = props;
  const handlers = useRef<LoadHandlers>({ onLoad, onLoadingComplete });
  useEffect(() => {
    handlers.current = { onLoad, onLoadingComplete };
  }, [onLoad, onLoadingComplete]);

  const { placeholder, unoptimized: _unoptimized, preload, fill } = meta;
  const { onError } = attributes;
  const element = useRef<HTMLImageElement>(null);
  const onHydrated = () => {
    const img = element.current;
    if (!img) return;
    if (onError) {
      // Setting src again repeats an error that came before hydration.
      img.src = img.src;
    }
    if (img.complete) imageLoaded(img, placeholder, handlers, () => setComplete(true));
    // Once: later pictures tell what becomes of them by their events.
  };
  // React 18 warns of layout effects on the server in development.
  if (process.env.NODE_ENV === "production" || typeof window !== "undefined") useLayoutEffect(onHydrated, []);
  if (process.env.NODE_ENV === "development") {
    useEffect(() => {
      const img = element.current;
      const check = () => img?.isConnected && checkLoaded(img, { ...meta, sizes: img.sizes });
      if (img?.complete) check();
      else img?.addEventListener("load", check, { once: true });
      return () => img?.removeEventListener("load", check);
    }, [attributes.src]);
  }
  const ref = useMergedRef(forwarded, element);

  const { loading, fetchPriority, width, height, decoding, className, style, sizes, srcSet, src, ...rest } =
    attributes;
  const shown = { ...style };
  if (complete) {
    delete shown.backgroundImage;
    delete shown.backgroundSize;
    delete shown.backgroundPosition;
    delete shown.backgroundRepeat;
  }
  if (showAlt) delete shown.color;
  return (
    <>
      <img
        {...rest}
        {...(process.env.NODE_ENV !== "production" && lowercase() ? { fetchpriority: fetchPriority } : { fetchPriority })}
        loading={loading}
        width={width}
        height={height}
        decoding={decoding}
        data-nimg={fill ? "fill" : "1"}
        className={className}
        style={shown}
        // Last, so that nothing is fetched before the attributes that choose what.
        sizes={sizes}
        srcSet={srcSet}
        src={src}
        ref={ref}
        onLoad={(event) => imageLoaded(event.currentTarget, placeholder, handlers, () => setComplete(true))}
        onError={(event) => {
          setShowAlt(true);
          if (placeholder !== "empty") setComplete(true);
          onError?.(event);
        }}
      />
      {preload ? <PreloadLink img={attributes} /> : null}
    </>
  );
});

/** One ref for two. */
function useMergedRef<T>(outer: Ref<T>, own: RefObject<T | null>): (value: T | null) => void {
  return useCallback(
    (value: T | null) => {
      own.current = value;
      if (typeof outer === "function") return outer(value);
      if (outer) outer.current = value;
    },
    [outer, own],
  );
}

export default Image;
