/** npm parts that ship no types, or none that fit. */
declare module "*/node_modules/buffer/index.js" {
  export const Buffer: { prototype: object };
}
declare module "../../node_modules/buffer/index.js" {
  export const Buffer: { prototype: object };
}
declare module "url/url.js";
declare module "readable-stream/lib/stream.js";
