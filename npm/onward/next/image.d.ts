declare module "next/image" {
  import type { ForwardRefExoticComponent, JSX, RefAttributes } from "react";

  /** What an imported picture is. */
  export interface StaticImageData {
    src: string;
    height: number;
    width: number;
    blurDataURL?: string;
    blurWidth?: number;
    blurHeight?: number;
  }

  interface StaticRequire {
    default: StaticImageData;
  }

  export interface ImageLoaderProps {
    src: string;
    width: number;
    quality?: number;
  }

  /** Makes the address of a picture in a width. */
  export type ImageLoader = (props: ImageLoaderProps) => string;

  export type ImageProps = Omit<
    JSX.IntrinsicElements["img"],
    "src" | "srcSet" | "ref" | "alt" | "width" | "height" | "loading"
  > & {
    /** A path, an address, or an imported picture. */
    src: string | StaticRequire | StaticImageData;
    /** What the picture shows; empty when it is decoration. */
    alt: string;
    width?: number | `${number}`;
    height?: number | `${number}`;
    /** Fill the parent, which has position relative, fixed or absolute. */
    fill?: boolean;
    loader?: ImageLoader;
    /** 1 to 100; one of images.qualities. */
    quality?: number | `${number}`;
    /** Load it with the document, as for the largest picture above the fold. */
    preload?: boolean;
    /** @deprecated Use preload, or loading="eager". */
    priority?: boolean;
    loading?: "lazy" | "eager" | undefined;
    /** What to show until it is there. */
    placeholder?: "blur" | "empty" | `data:image/${string}`;
    blurDataURL?: string;
    /** Take the picture as it is. */
    unoptimized?: boolean;
    /** The src attribute, for pictures that are found by their address. */
    overrideSrc?: string;
    /** @deprecated Use onLoad. */
    onLoadingComplete?: (image: HTMLImageElement) => void;
    /** @deprecated Use fill or style. */
    layout?: string;
    /** @deprecated Use style. */
    objectFit?: string;
    /** @deprecated Use style. */
    objectPosition?: string;
    /** @deprecated It has no effect. */
    lazyBoundary?: string;
    /** @deprecated It has no effect. */
    lazyRoot?: string;
  };

  type ImgProps = Omit<ImageProps, "src" | "loader"> & {
    loading: "lazy" | "eager" | undefined;
    width: number | undefined;
    height: number | undefined;
    style: NonNullable<JSX.IntrinsicElements["img"]["style"]>;
    sizes: string | undefined;
    srcSet: string | undefined;
    src: string;
  };

  /** A picture in the sizes that screens need. */
  const Image: ForwardRefExoticComponent<Omit<ImageProps, "ref"> & RefAttributes<HTMLImageElement | null>>;
  export default Image;

  /** The attributes that the component gives its img, for a picture element or CSS. */
  export function getImageProps(props: ImageProps): { props: ImgProps };
}
