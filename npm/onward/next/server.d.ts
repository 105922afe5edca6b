declare module "next/server" {
  export interface RequestCookie {
    name: string;
    value: string;
  }

  export interface ResponseCookie extends RequestCookie {
    domain?: string | undefined;
    expires?: number | Date | undefined;
    httpOnly?: boolean | undefined;
    /** Seconds. */
    maxAge?: number | undefined;
    partitioned?: boolean | undefined;
    path?: string | undefined;
    priority?: "low" | "medium" | "high" | undefined;
    sameSite?: true | false | "lax" | "strict" | "none" | undefined;
    secure?: boolean | undefined;
  }

  export interface RequestCookies {
    [Symbol.iterator](): MapIterator<[string, RequestCookie]>;
    readonly size: number;
    get(...name: [name: string] | [cookie: RequestCookie]): RequestCookie | undefined;
    getAll(...name: [name: string] | [cookie: RequestCookie] | []): RequestCookie[];
    has(name: string): boolean;
    set(...cookie: [name: string, value: string] | [cookie: RequestCookie]): this;
    delete(names: string | string[]): boolean | boolean[];
    clear(): this;
    toString(): string;
  }

  export interface ResponseCookies {
    get(...name: [name: string] | [cookie: ResponseCookie]): ResponseCookie | undefined;
    getAll(...name: [name: string] | [cookie: ResponseCookie] | []): ResponseCookie[];
    has(name: string): boolean;
    set(...cookie: [name: string, value: string, options?: Partial<ResponseCookie>] | [cookie: ResponseCookie]): this;
    delete(...name: [name: string] | [cookie: Omit<ResponseCookie, "value" | "expires">]): this;
    toString(): string;
  }

  interface I18N {
    defaultLocale: string;
    locales: readonly string[];
    localeDetection?: false;
    domains?: readonly { domain: string; defaultLocale: string; locales?: readonly string[]; http?: true }[];
  }

  interface URLConfig {
    basePath?: string;
    i18n?: I18N | null;
    trailingSlash?: boolean;
  }

  /** An address that knows basePath and languages of the app. */
  export interface NextURL {
    get buildId(): string | undefined;
    set buildId(value: string | undefined);
    get locale(): string;
    set locale(value: string);
    get defaultLocale(): string | undefined;
    get domainLocale(): { domain: string; defaultLocale: string; locales?: readonly string[]; http?: true } | undefined;
    get searchParams(): URLSearchParams;
    get host(): string;
    set host(value: string);
    get hostname(): string;
    set hostname(value: string);
    get port(): string;
    set port(value: string);
    get protocol(): string;
    set protocol(value: string);
    get href(): string;
    set href(value: string);
    get origin(): string;
    get pathname(): string;
    set pathname(value: string);
    get hash(): string;
    set hash(value: string);
    get search(): string;
    set search(value: string);
    get password(): string;
    set password(value: string);
    get username(): string;
    set username(value: string);
    get basePath(): string;
    set basePath(value: string);
    toString(): string;
    toJSON(): string;
    clone(): NextURL;
  }

  interface NextRequestInit extends globalThis.RequestInit {
    nextConfig?: URLConfig;
    signal?: AbortSignal;
    duplex?: "half";
  }

  /** The request that middleware and edge routes get. */
  export class NextRequest extends Request {
    constructor(input: URL | RequestInfo, init?: NextRequestInit);
    get cookies(): RequestCookies;
    get nextUrl(): NextURL;
    get url(): string;
  }

  interface NextResponseInit extends globalThis.ResponseInit {
    nextConfig?: URLConfig;
    url?: string;
  }

  interface MiddlewareResponseInit extends globalThis.ResponseInit {
    /** What the page is to see of the request. */
    request?: { headers?: Headers };
  }

  /** An answer, and what middleware decides. */
  export class NextResponse<Body = unknown> extends Response {
    constructor(body?: BodyInit | null, init?: NextResponseInit);
    get cookies(): ResponseCookies;
    static json<JSONBody>(body: JSONBody, init?: NextResponseInit): NextResponse<JSONBody>;
    static redirect(url: string | NextURL | URL, init?: number | NextResponseInit): NextResponse<unknown>;
    /** Serve another address under this one. */
    static rewrite(url: string | NextURL | URL, init?: MiddlewareResponseInit): NextResponse<unknown>;
    /** Go on. */
    static next(init?: MiddlewareResponseInit): NextResponse<unknown>;
    private readonly __body?: Body;
  }

  /** The event that middleware gets. */
  export class NextFetchEvent {
    private constructor();
    readonly sourcePage: string;
    /** Lets work go on after the answer. */
    waitUntil(work: Promise<any>): void;
    passThroughOnException(): void;
  }

  type MiddlewareResult = NextResponse | Response | null | undefined | void;

  /** The type of the function in middleware.ts. */
  export type NextMiddleware = (
    request: NextRequest,
    event: NextFetchEvent,
  ) => MiddlewareResult | Promise<MiddlewareResult>;

  /** The type of the function in proxy.ts. */
  export type NextProxy = NextMiddleware;

  type Condition =
    | { type: "header" | "cookie" | "query"; key: string; value?: string }
    | { type: "host"; key?: undefined; value: string };

  /** The type of `config` in middleware.ts: which paths it is for. */
  export interface MiddlewareConfig {
    matcher?: string | Array<string | { source: string; locale?: false; has?: Condition[]; missing?: Condition[] }>;
    regions?: string | string[];
    unstable_allowDynamic?: string | string[];
  }
  export type ProxyConfig = MiddlewareConfig;

  interface UserAgent {
    isBot: boolean;
    ua: string;
    browser: { name?: string; version?: string; major?: string };
    device: { model?: string; type?: string; vendor?: string };
    engine: { name?: string; version?: string };
    os: { name?: string; version?: string };
    cpu: { architecture?: string };
  }

  /** What the User-Agent header tells. */
  export function userAgent(request: { headers: Headers }): UserAgent;
  export function userAgentFromString(text: string | undefined): UserAgent;

  /** Work to do after the answer. */
  export function after<T>(task: Promise<T> | (() => T | Promise<T>)): void;
  /** Waits until there is a request. */
  export function connection(): Promise<void>;

  interface URLPatternInput {
    protocol?: string;
    username?: string;
    password?: string;
    hostname?: string;
    port?: string;
    pathname?: string;
    search?: string;
    hash?: string;
    baseURL?: string;
  }
  interface URLPatternPart {
    input: string;
    groups: { [name: string]: string };
  }
  /** Matches parts of addresses. */
  export class URLPattern {
    constructor(input?: URLPatternInput | string, baseURL?: string);
    test(input?: URLPatternInput | string, baseURL?: string): boolean;
    exec(input?: URLPatternInput | string, baseURL?: string): { inputs: [URLPatternInput | string]; [part: string]: any } & {
      protocol: URLPatternPart;
      username: URLPatternPart;
      password: URLPatternPart;
      hostname: URLPatternPart;
      port: URLPatternPart;
      pathname: URLPatternPart;
      search: URLPatternPart;
      hash: URLPatternPart;
    } | null;
    readonly protocol: string;
    readonly username: string;
    readonly password: string;
    readonly hostname: string;
    readonly port: string;
    readonly pathname: string;
    readonly search: string;
    readonly hash: string;
  }
}
