declare module "next" {
  type Condition =
    | { type: "header" | "cookie" | "query"; key: string; value?: string }
    | { type: "host"; key?: undefined; value: string };

  interface Rule {
    /** The path it is for: `/blog/:slug*`. */
    source: string;
    /** false: source and destination have basePath already. */
    basePath?: false;
    /** false: source and destination have the language already. */
    locale?: false;
    /** All of these must hold. */
    has?: Condition[];
    /** None of these may hold. */
    missing?: Condition[];
  }

  type RewriteRule = Rule & { destination: string };

  interface I18NConfig {
    defaultLocale: string;
    locales: string[];
    domains?: { domain: string; defaultLocale: string; locales?: string[]; http?: true }[];
    localeDetection?: false;
  }

  interface ImageConfig {
    /** Widths of screens that pictures are made for. */
    deviceSizes?: number[];
    /** Widths of pictures smaller than the screen. */
    imageSizes?: number[];
    qualities?: number[];
    formats?: Array<"image/avif" | "image/webp">;
    loader?: "default" | "imgix" | "cloudinary" | "akamai" | "custom";
    /** The module that makes addresses of pictures. */
    loaderFile?: string;
    path?: string;
    /** Hosts that pictures may come from. */
    remotePatterns?: Array<
      URL | { protocol?: "http" | "https"; hostname: string; port?: string; pathname?: string; search?: string }
    >;
    localPatterns?: Array<{ pathname?: string; search?: string }>;
    /** @deprecated Use remotePatterns. */
    domains?: string[];
    /** Seconds. */
    minimumCacheTTL?: number;
    maximumRedirects?: number;
    maximumResponseBody?: number;
    maximumDiskCacheSize?: number;
    dangerouslyAllowLocalIP?: boolean;
    dangerouslyAllowSVG?: boolean;
    contentSecurityPolicy?: string;
    contentDispositionType?: "inline" | "attachment";
    disableStaticImages?: boolean;
    unoptimized?: boolean;
    customCacheHandler?: boolean;
  }

  interface ExportMap {
    [path: string]: { page: string; query?: Record<string, string | string[]>; [key: string]: any };
  }

  type LoaderItem = string | { loader: string; options?: Record<string, any> };

  /** The configuration in next.config. */
  export interface NextConfig {
    /** Hosts besides this one whose pages may load what `onward dev` serves. */
    allowedDevOrigins?: string[];
    assetPrefix?: string;
    /** The path that the app lies below: `/docs`. */
    basePath?: string;
    cacheHandler?: string;
    cacheHandlers?: Record<string, string | undefined>;
    cacheLife?: Record<string, { stale?: number; revalidate?: number; expire?: number }>;
    /** Bytes of memory for generated pages. */
    cacheMaxMemorySize?: number;
    cacheComponents?: boolean;
    cleanDistDir?: boolean;
    compiler?: {
      define?: Record<string, string | number | boolean>;
      defineServer?: Record<string, string | number | boolean>;
      emotion?:
        | boolean
        | {
            sourceMap?: boolean;
            autoLabel?: "dev-only" | "always" | "never";
            labelFormat?: string;
            importMap?: Record<
              string,
              Record<string, { canonicalImport?: [string, string]; styledBaseImport?: [string, string] }>
            >;
          };
      reactRemoveProperties?: boolean | { properties?: string[] };
      relay?: {
        src: string;
        artifactDirectory?: string;
        language?: "typescript" | "javascript" | "flow";
        eagerEsModules?: boolean;
      };
      removeConsole?: boolean | { exclude?: string[] };
      runAfterProductionCompile?: (build: { projectDir: string; distDir: string }) => Promise<void>;
      styledComponents?:
        | boolean
        | {
            displayName?: boolean;
            topLevelImportPaths?: string[];
            ssr?: boolean;
            fileName?: boolean;
            meaninglessFileNames?: string[];
            minify?: boolean;
            transpileTemplateLiterals?: boolean;
            namespace?: string;
            pure?: boolean;
            cssProp?: boolean;
          };
      styledJsx?: boolean | { useLightningcss?: boolean };
    };
    compress?: boolean;
    crossOrigin?: "anonymous" | "use-credentials";
    deploymentId?: string;
    devIndicators?: false | { position?: "top-left" | "top-right" | "bottom-left" | "bottom-right" };
    /** The folder of the build; default `.next`. */
    distDir?: string;
    env?: Record<string, string | undefined>;
    /** Options that may change with any version. */
    experimental?: { [option: string]: any };
    /** Seconds that a page may be served after it was to be made anew. */
    expireTime?: number;
    exportPathMap?: (
      pages: ExportMap,
      context: { dev: boolean; dir: string; outDir: string | null; distDir: string; buildId: string },
    ) => Promise<ExportMap> | ExportMap;
    generateBuildId?: () => string | null | Promise<string | null>;
    generateEtags?: boolean;
    headers?: () => Awaitable<Array<Rule & { headers: Array<{ key: string; value: string }> }>>;
    httpAgentOptions?: { keepAlive?: boolean };
    i18n?: I18NConfig | null;
    images?: ImageConfig;
    logging?:
      | false
      | {
          fetches?: { fullUrl?: boolean; hmrRefreshes?: boolean };
          incomingRequests?: boolean | { ignore?: RegExp[] };
          browserToTerminal?: boolean | "error" | "warn";
          [option: string]: any;
        };
    modularizeImports?: Record<
      string,
      { transform: string | Record<string, string>; preventFullImport?: boolean; skipDefaultConversion?: boolean }
    >;
    onDemandEntries?: { maxInactiveAge?: number; pagesBufferLength?: number };
    /** What a build is: a folder that runs by itself, or files for a static host. */
    output?: "standalone" | "export";
    outputFileTracingExcludes?: Record<string, string[]>;
    outputFileTracingIncludes?: Record<string, string[]>;
    outputFileTracingRoot?: string;
    /** Endings of pages; default tsx, ts, jsx, js. */
    pageExtensions?: string[];
    poweredByHeader?: boolean;
    productionBrowserSourceMaps?: boolean;
    reactCompiler?: boolean | { compilationMode?: "infer" | "annotation" | "all"; panicThreshold?: string; target?: string };
    reactProductionProfiling?: boolean;
    reactStrictMode?: boolean | null;
    redirects?: () => Awaitable<
      Array<
        Rule & { destination: string; priority?: boolean } & (
            | { permanent: boolean; statusCode?: never }
            | { statusCode: number; permanent?: never }
          )
      >
    >;
    rewrites?: () => Awaitable<
      RewriteRule[] | { beforeFiles?: RewriteRule[]; afterFiles?: RewriteRule[]; fallback?: RewriteRule[] }
    >;
    sassOptions?: { implementation?: string; [option: string]: any };
    /** Packages that are required when the server runs. */
    serverExternalPackages?: string[];
    skipMiddlewareUrlNormalize?: boolean;
    skipProxyUrlNormalize?: boolean;
    skipTrailingSlashRedirect?: boolean;
    /** Seconds that a page may take at build. */
    staticPageGenerationTimeout?: number;
    trailingSlash?: boolean;
    /** Packages to compile as the app itself. */
    transpilePackages?: string[];
    turbopack?: {
      resolveAlias?: Record<string, string | string[] | Record<string, string | string[]>>;
      resolveExtensions?: string[];
      root?: string;
      rules?: Record<string, { loaders: LoaderItem[]; as?: string; [key: string]: any } | LoaderItem[]>;
      [option: string]: any;
    };
    typedRoutes?: boolean;
    typescript?: { ignoreBuildErrors?: boolean; tsconfigPath?: string };
    useFileSystemPublicRoutes?: boolean;
    watchOptions?: { pollIntervalMs?: number };
    webpack?: ((config: any, context: any) => any) | null;
    adapterPath?: string;
    agentRules?: boolean;
    bundlePagesRouterDependencies?: boolean;
    deprecated?: { [option: string]: any };
    enablePrerenderSourceMaps?: boolean;
    excludeDefaultMomentLocales?: boolean;
    htmlLimitedBots?: RegExp;
    instrumentationClientInject?: string[];
    outputHashSalt?: string;
    partialPrefetching?: boolean;
    reactMaxHeadersLength?: number;
    supportsImmutableAssets?: boolean;
  }
}
