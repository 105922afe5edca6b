import { NextResponse, type NextProxy } from "next/server";

/** No matcher: it sees every request. */
const proxy: NextProxy = async (request, event) => {
  const { nextUrl } = request;
  const at = (path: string) => new URL(path, request.url);
  switch (nextUrl.searchParams.get("do")) {
    case "echo":
      return NextResponse.json({
        method: request.method,
        url: request.url,
        href: nextUrl.href,
        pathname: nextUrl.pathname,
        search: nextUrl.search,
        basePath: nextUrl.basePath,
        locale: nextUrl.locale,
        defaultLocale: nextUrl.defaultLocale,
        domainLocale: nextUrl.domainLocale,
        buildId: nextUrl.buildId,
        clone: String(nextUrl.clone()),
        runtime: process.env.NEXT_RUNTIME,
        data: request.headers.get("x-nextjs-data"),
      });
    case "rewrite": {
      const url = nextUrl.clone();
      url.pathname = "/ssr";
      url.search = "?to=1";
      return NextResponse.rewrite(url);
    }
    case "rewrite-absolute":
      return NextResponse.rewrite(at("/ssr?to=1"));
    case "rewrite-based":
      return NextResponse.rewrite(at("/base/ssr?to=1"));
    case "rewrite-locale": {
      const url = nextUrl.clone();
      url.pathname = "/ssr";
      url.locale = "de";
      return NextResponse.rewrite(url);
    }
    case "rewrite-path-locale":
      return NextResponse.rewrite(at(`${nextUrl.basePath}/de/ssr`));
    case "redirect": {
      const url = nextUrl.clone();
      url.pathname = "/about";
      url.search = "?to=1";
      return NextResponse.redirect(url);
    }
    case "redirect-locale": {
      const url = nextUrl.clone();
      url.locale = "de";
      url.search = "";
      return NextResponse.redirect(url);
    }
    case "redirect-default": {
      const url = nextUrl.clone();
      url.locale = "en";
      url.search = "";
      return NextResponse.redirect(url, 308);
    }
    case "redirect-absolute":
      return NextResponse.redirect(at("/about"));
    case "redirect-base":
      return NextResponse.redirect(at("/base/en/about/?x=1"));
    case "redirect-data":
      return NextResponse.redirect(nextUrl);
    case "headers":
      return NextResponse.next({ headers: { "x-path": nextUrl.pathname, "x-locale": nextUrl.locale } });
    case "text":
      return new Response("from the proxy");
    case "throw":
      throw new Error("proxy failed");
    case "after": {
      const { after } = await import("next/server");
      after(() => fetch(at(`${nextUrl.basePath}/api/marks?add=after`)));
      event.waitUntil(fetch(at(`${nextUrl.basePath}/api/marks?add=waited`)));
      return undefined;
    }
  }
  return NextResponse.next();
};

export default proxy;
