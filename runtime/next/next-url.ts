/**
 * NextURL: a URL that knows the app's base path and locales and keeps them out of
 * `pathname`. The spelling of data requests (`/_next/data/<build>/page.json`) is
 * taken apart as well.
 */

export interface DomainLocale {
  domain: string;
  defaultLocale: string;
  locales?: string[];
  http?: true;
}

/** What of next.config matters for URLs. */
export interface URLConfig {
  basePath?: string;
  i18n?: { locales: readonly string[]; defaultLocale: string; domains?: readonly DomainLocale[] } | null;
  trailingSlash?: boolean;
  /** skipProxyUrlNormalize: data URLs are shown as they are. */
  raw?: boolean;
}

export interface NextURLOptions {
  base?: string | URL;
  /** For the host that the client asked for. */
  headers?: Headers | Record<string, string | string[] | undefined>;
  nextConfig?: URLConfig;
  /** Spell the locale even when it is the default one. */
  forceLocale?: boolean;
  /** The input comes from the server: it is spelled as URL would, without credentials and hash. */
  clean?: boolean;
}

const loopback = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost)$/;
const dataPath = /^\/_next\/data\/([^/]*)(\/.*)?\.json$/;

function parse(input: string | URL, base?: string | URL): URL {
  const url = new URL(String(input), base && String(base));
  if (url.hostname !== "localhost" && loopback.test(url.hostname)) url.hostname = "localhost";
  return url;
}

function under(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

function hostOf(url: URL, headers: NextURLOptions["headers"]): string {
  const given = headers instanceof Headers ? headers.get("host") : headers?.host;
  return (typeof given === "string" && given !== "" ? given.split(":", 1)[0]! : url.hostname).toLowerCase();
}

export class NextURL {
  /** Made of the three strings below when somebody needs it; they count as long as it is not there. */
  #url: URL | undefined;
  #front = "";
  #pathname = "";
  #search = "";
  readonly #options: NextURLOptions;
  #basePath = "";
  #buildId: string | undefined;
  #locale: string | undefined;
  #defaultLocale: string | undefined;
  #domainLocale: DomainLocale | undefined;
  #trailingSlash = false;

  constructor(input: string | URL, base?: string | URL | NextURLOptions, options?: NextURLOptions) {
    const isBase = typeof base === "string" || (typeof base === "object" && "pathname" in base);
    this.#options = (isBase ? options : (options ?? (base as NextURLOptions | undefined))) ?? {};
    if (this.#options.clean) {
      const text = input as string;
      const path = text.indexOf("/", text.indexOf("//") + 2);
      const query = text.indexOf("?", path);
      this.#front = text.slice(0, path);
      this.#search = query < 0 ? "" : text.slice(query);
      this.#pathname = this.#analyze(query < 0 ? text.slice(path) : text.slice(path, query));
      return;
    }
    this.#take(parse(input, isBase ? base : this.#options.base));
  }

  #take(url: URL): void {
    this.#url = url;
    const { pathname } = url;
    const own = this.#analyze(pathname);
    if (own !== pathname) url.pathname = own;
  }

  get #whole(): URL {
    return (this.#url ??= new URL(this.#front + this.#pathname + this.#search));
  }

  /** Takes a path apart; what is left belongs to the page. */
  #analyze(pathname: string): string {
    const { nextConfig, headers } = this.#options;
    const { i18n, basePath, trailingSlash, raw } = nextConfig ?? {};
    this.#trailingSlash = pathname === "/" ? trailingSlash === true : pathname.endsWith("/");
    this.#basePath = "";
    if (basePath && under(pathname, basePath)) {
      pathname = pathname.slice(basePath.length) || "/";
      this.#basePath = basePath;
    }
    const data = dataPath.exec(pathname);
    const page = data ? (data[2] === undefined || data[2] === "/index" ? "/" : data[2]) : pathname;
    this.#buildId = data?.[1];
    if (!raw) pathname = page;
    this.#domainLocale = undefined;
    this.#defaultLocale = this.#locale = undefined;
    if (i18n) {
      const host = i18n.domains && hostOf(this.#url ?? new URL(this.#front), headers);
      this.#domainLocale = i18n.domains?.find((one) => one.domain.split(":", 1)[0]!.toLowerCase() === host);
      this.#defaultLocale = this.#domainLocale?.defaultLocale ?? i18n.defaultLocale;
      const first = pathname.split("/", 2)[1]!.toLowerCase();
      this.#locale = i18n.locales.find((one) => one.toLowerCase() === first);
      if (this.#locale !== undefined) pathname = pathname.slice(first.length + 1) || "/";
      else if (data) {
        const inside = page.split("/", 2)[1]!.toLowerCase();
        this.#locale = i18n.locales.find((one) => one.toLowerCase() === inside);
      }
      this.#locale ??= this.#defaultLocale;
    }
    return pathname;
  }

  /** The path with everything that `pathname` leaves out. */
  #path(): string {
    let path = this.pathname;
    const lower = path.toLowerCase();
    const locale = this.#locale;
    const plain = this.#buildId === undefined || this.#buildId === "";
    const implied = plain && !this.#options.forceLocale ? this.#defaultLocale : undefined;
    if (locale && locale !== implied && !under(lower, "/api") && !under(lower, `/${locale.toLowerCase()}`)) {
      path = path === "/" ? `/${locale}` : `/${locale}${path}`;
    }
    if (!plain || !this.#trailingSlash) path = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
    if (!plain) path = `/_next/data/${this.#buildId}${path === "/" ? "/index" : path}.json`;
    if (this.#basePath) path = this.#basePath + (path === "/" ? (this.#trailingSlash ? "/" : "") : path);
    if (plain && this.#trailingSlash && !path.endsWith("/")) path += "/";
    return path;
  }

  get buildId(): string | undefined {
    return this.#buildId;
  }
  set buildId(id: string | undefined) {
    this.#buildId = id;
  }
  get locale(): string {
    return this.#locale ?? "";
  }
  set locale(locale: string) {
    if (!this.#locale || !this.#options.nextConfig?.i18n?.locales.includes(locale)) {
      throw new TypeError(`The locale "${locale}" is not one of i18n.locales in next.config.`);
    }
    this.#locale = locale;
  }
  get defaultLocale(): string | undefined {
    return this.#defaultLocale;
  }
  get domainLocale(): DomainLocale | undefined {
    return this.#domainLocale;
  }
  get basePath(): string {
    return this.#basePath;
  }
  set basePath(path: string) {
    this.#basePath = path.startsWith("/") ? path : `/${path}`;
  }
  get searchParams(): URLSearchParams {
    return this.#whole.searchParams;
  }
  get origin(): string {
    return this.#whole.origin;
  }
  get href(): string {
    if (!this.#url) return this.#front + this.#path() + this.#search;
    const { protocol, host, search, hash } = this.#url;
    return `${protocol}//${host}${this.#path()}${search}${hash}`;
  }
  set href(href: string) {
    this.#take(parse(href));
  }
  get protocol(): string { return this.#whole.protocol; }
  set protocol(value: string) { this.#whole.protocol = value; }
  get host(): string { return this.#whole.host; }
  set host(value: string) { this.#whole.host = value; }
  get hostname(): string { return this.#whole.hostname; }
  set hostname(value: string) { this.#whole.hostname = value; }
  get port(): string { return this.#whole.port; }
  set port(value: string) { this.#whole.port = value; }
  get pathname(): string { return this.#url ? this.#url.pathname : this.#pathname; }
  set pathname(value: string) { this.#whole.pathname = value; }
  get search(): string { return this.#url ? this.#url.search : this.#search; }
  set search(value: string) { this.#whole.search = value; }
  get hash(): string { return this.#whole.hash; }
  set hash(value: string) { this.#whole.hash = value; }
  get username(): string { return this.#whole.username; }
  set username(value: string) { this.#whole.username = value; }
  get password(): string { return this.#whole.password; }
  set password(value: string) { this.#whole.password = value; }

  toString(): string {
    return this.href;
  }
  toJSON(): string {
    return this.href;
  }
  clone(): NextURL {
    return new NextURL(this.href, { ...this.#options, clean: !this.#url && this.#options.clean });
  }

  [Symbol.for("nodejs.util.inspect.custom")](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    const { href, origin, protocol, username, password, host, hostname, port, pathname, search, searchParams, hash } = this;
    const shown = { href, origin, protocol, username, password, host, hostname, port, pathname, search, searchParams, hash };
    return `NextURL ${inspect(shown, options)}`;
  }
}
