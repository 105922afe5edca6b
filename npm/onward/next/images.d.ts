declare module "next/image-types/global" {}

declare module "*.png" {
  const image: import("next/image").StaticImageData;
  export default image;
}

declare module "*.jpg" {
  const image: import("next/image").StaticImageData;
  export default image;
}

declare module "*.jpeg" {
  const image: import("next/image").StaticImageData;
  export default image;
}

declare module "*.gif" {
  const image: import("next/image").StaticImageData;
  export default image;
}

declare module "*.webp" {
  const image: import("next/image").StaticImageData;
  export default image;
}

declare module "*.avif" {
  const image: import("next/image").StaticImageData;
  export default image;
}

declare module "*.ico" {
  const image: import("next/image").StaticImageData;
  export default image;
}

declare module "*.bmp" {
  const image: import("next/image").StaticImageData;
  export default image;
}

declare module "*.svg" {
  // Loaders may make a component of it.
  const image: any;
  export default image;
}
