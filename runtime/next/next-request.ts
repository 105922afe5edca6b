/** NextRequest: a Request with cookies and a URL that knows the app. */
import { RequestCookies } from "./cookies";
import { NextURL, type URLConfig } from "./next-url";

export interface NextRequestInit extends RequestInit {
  nextConfig?: URLConfig;
  duplex?: "half";
  /** The request comes from the server, which has spelled its URL. */
  clean?: boolean;
}

/** The URL as a string; an error that says what is wrong when it is not absolute. */
export function absoluteURL(url: string | URL | NextURL): string {
  try {
    return String(new URL(String(url)));
  } catch (cause) {
    throw new Error(
      `URL is malformed "${String(url)}". Please use only absolute URLs, such as new URL("/path", request.url).`,
      { cause },
    );
  }
}

function gone(what: string, instead: string): never {
  throw new Error(`request.${what} does not exist any more. Use ${instead} instead.`);
}

export class NextRequest extends Request {
  readonly #config: URLConfig | undefined;
  readonly #clean: boolean;
  #cookies: RequestCookies | undefined;
  #nextUrl: NextURL | undefined;

  constructor(input: string | URL | Request, init: NextRequestInit = {}) {
    const known = typeof input === "object" && "url" in input;
    if (init.body && init.duplex === undefined) init = { ...init, duplex: "half" };
    super(known ? input : absoluteURL(input), init);
    this.#config = init.nextConfig;
    this.#clean = init.clean === true;
  }

  get cookies(): RequestCookies {
    return (this.#cookies ??= new RequestCookies(this.headers));
  }
  /** The URL; `pathname` has neither base path nor locale. */
  get nextUrl(): NextURL {
    return (this.#nextUrl ??= new NextURL(super.url, { headers: this.#config?.i18n ? this.headers : undefined, nextConfig: this.#config, clean: this.#clean }));
  }
  override get url(): string {
    // Most apps have nothing that NextURL would spell in another way.
    const { basePath, i18n } = this.#config ?? {};
    return basePath || i18n ? this.nextUrl.href : super.url;
  }
  get page(): never {
    return gone("page", "new URLPattern({ pathname })");
  }
  get ua(): never {
    return gone("ua", "userAgent(request) of next/server");
  }
}
