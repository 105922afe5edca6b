declare module "next/legacy/image" {
  import type { JSX, RefObject } from "react";

  export interface StaticImageData {
    src: string;
    height: number;
    width: number;
    blurDataURL?: string;
  }

  export interface ImageLoaderProps {
    src: string;
    width: number;
    quality?: number;
  }

  export type ImageLoader = (props: ImageLoaderProps) => string;

  type Style = NonNullable<JSX.IntrinsicElements["img"]["style"]>;

  export type ImageProps = Omit<
    JSX.IntrinsicElements["img"],
    "src" | "srcSet" | "ref" | "width" | "height" | "loading"
  > & {
    src: string | StaticImageData | { default: StaticImageData };
    width?: number | `${number}`;
    height?: number | `${number}`;
    layout?: "fill" | "fixed" | "intrinsic" | "responsive" | undefined;
    loader?: ImageLoader;
    quality?: number | `${number}`;
    priority?: boolean;
    loading?: "lazy" | "eager" | undefined;
    lazyRoot?: RefObject<HTMLElement | null> | null;
    lazyBoundary?: string;
    placeholder?: "blur" | "empty";
    blurDataURL?: string;
    unoptimized?: boolean;
    objectFit?: Style["objectFit"];
    objectPosition?: Style["objectPosition"];
    onLoadingComplete?: (size: { naturalWidth: number; naturalHeight: number }) => void;
  };

  /** The picture component as it was before version 13. */
  export default function Image(props: ImageProps): JSX.Element;
}
