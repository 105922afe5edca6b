/** Stands where `images.loaderFile` goes: the compiler puts the default export of that file here. */
import type { ImageLoader } from "./image-loader";

const loader: ImageLoader | undefined = undefined;
export default loader as ImageLoader | undefined;
