/** URLs of the image services that `images.loader` names: only next/legacy/image knows them. */
import { endpointUrl } from "../image-loader";
import type { ImageLoader } from "../image-loader";
import type { ImageConfig } from "../client-config";

const withoutSlash = (src: string): string => (src.startsWith("/") ? src.slice(1) : src);

/** The loader that the config asks for; src is what an image needs one of its own for. */
export function serviceLoader(config: ImageConfig, src: string): ImageLoader {
  const { path } = config;
  switch (config.loader) {
    case "imgix":
      return ({ src, width, quality }) => {
        const url = new URL(path + withoutSlash(src));
        const { searchParams } = url;
        searchParams.set("auto", searchParams.getAll("auto").join(",") || "format");
        searchParams.set("fit", searchParams.get("fit") || "max");
        searchParams.set("w", searchParams.get("w") || String(width));
        if (quality) searchParams.set("q", String(quality));
        return url.href;
      };
    case "cloudinary":
      return ({ src, width, quality }) => `${path}f_auto,c_limit,w_${width},q_${quality || "auto"}/${withoutSlash(src)}`;
    case "akamai":
      return ({ src, width }) => `${path}${withoutSlash(src)}?imwidth=${width}`;
    case "custom":
      throw new Error(
        `Image with src "${src}" is missing "loader" prop. images.loader is "custom": give each image a loader of its own.`,
      );
  }
  return (p) => endpointUrl(config, p);
}
