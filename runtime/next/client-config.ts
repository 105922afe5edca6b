/**
 * The part of next.config that pages see, the same on both sides: the compiler
 * puts it into browser bundles in place of `env.__ONWARD_CLIENT_CONFIG` of
 * process, the server runtime sets the global of that name when it boots.
 */
import type { DomainLocale } from "./context";

/** The `images` block of next.config, resolved. Sizes in CSS pixels, ascending. */
export interface ImageConfig {
  deviceSizes: number[];
  imageSizes: number[];
  /** Endpoint, basePath included: "/_next/image". */
  path: string;
  loader: "default" | "imgix" | "cloudinary" | "akamai" | "custom";
  loaderFile?: string;
  dangerouslyAllowSVG?: boolean;
  unoptimized?: boolean;
  qualities?: number[];
  domains?: string[];
  remotePatterns?: unknown[];
  localPatterns?: unknown[];
}

export interface ClientConfig {
  /** "" or "/docs". */
  basePath: string;
  trailingSlash: boolean;
  i18n?: {
    locales: string[];
    defaultLocale: string;
    domains?: DomainLocale[];
    localeDetection?: false;
  };
  images: ImageConfig;
  reactStrictMode?: boolean | null;
  crossOrigin?: "anonymous" | "use-credentials";
  /** "" or a URL prefix without trailing slash. */
  assetPrefix?: string;
  deploymentId?: string;
  // Below: keys of next.config's "experimental".
  scrollRestoration?: boolean;
  /** Touching a link does not prefetch. */
  linkNoTouchStart?: boolean;
  /** The app writes basePath into its URLs itself. */
  manualClientBasePath?: boolean;
  /** false: hovering over a link does not renew data that is kept. Default true. */
  optimisticClientCache?: boolean;
  /** "strict": a prefetch does not ask the middleware. */
  proxyPrefetch?: "strict" | "flexible";
  /** Scripts of strategy "worker" run. */
  nextScriptWorkers?: boolean;
  /** Metrics that are reported with what caused them. */
  webVitalsAttribution?: string[];
}

declare const process: { env: { NODE_ENV?: string; __ONWARD_CLIENT_CONFIG?: ClientConfig } };

const fallback: ClientConfig = {
  basePath: "",
  trailingSlash: false,
  images: {
    deviceSizes: [640, 750, 828, 1080, 1200, 1920, 2048, 3840],
    imageSizes: [32, 48, 64, 96, 128, 256, 384],
    path: "/_next/image",
    loader: "default",
    qualities: [75],
  },
};

// Undefined on the server: there it is not known before boot.
const built = process.env.__ONWARD_CLIENT_CONFIG;

/** The app's config; the defaults of Next.js where nothing was built. Never changes after boot. */
export function clientConfig(): ClientConfig {
  return (
    built ?? (globalThis as { __ONWARD_CLIENT_CONFIG?: ClientConfig }).__ONWARD_CLIENT_CONFIG ?? fallback
  );
}
