declare namespace NodeJS {
  interface ProcessEnv {
    readonly NODE_ENV: "development" | "production" | "test";
  }
}

declare module "*.module.css" {
  const classes: { readonly [name: string]: string };
  export default classes;
}

declare module "*.module.sass" {
  const classes: { readonly [name: string]: string };
  export default classes;
}

declare module "*.module.scss" {
  const classes: { readonly [name: string]: string };
  export default classes;
}

declare module "*.css" {}
declare module "*.sass" {}
declare module "*.scss" {}

declare module "server-only" {}
declare module "client-only" {}

interface Window {
  /** What the server knew when it rendered the page. */
  __NEXT_DATA__: {
    props: Record<string, any>;
    page: string;
    query: { [name: string]: string | string[] | undefined };
    buildId: string;
    assetPrefix?: string;
    isFallback?: boolean;
    locale?: string;
    locales?: readonly string[];
    defaultLocale?: string;
    [name: string]: any;
  };
}

interface RequestInit {
  next?: { revalidate?: number | false; tags?: string[] } | undefined;
}
