import type { NextRequest } from "next/server";

/** Request headers that a test client sets or that the framework adds; others vary. */
const shown = /^(x-|cookie$|accept$|content-type$|rsc$|next-)/;

export function headersOf(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => shown.test(name)).sort());
}

/** What middleware sees of a request. */
export function show(request: NextRequest) {
  const { nextUrl } = request;
  return {
    method: request.method,
    url: request.url,
    nextUrl: {
      href: nextUrl.href,
      origin: nextUrl.origin,
      protocol: nextUrl.protocol,
      host: nextUrl.host,
      hostname: nextUrl.hostname,
      pathname: nextUrl.pathname,
      search: nextUrl.search,
      hash: nextUrl.hash,
      basePath: nextUrl.basePath,
      locale: nextUrl.locale,
      defaultLocale: nextUrl.defaultLocale,
      domainLocale: nextUrl.domainLocale,
      buildId: nextUrl.buildId,
      params: [...nextUrl.searchParams],
    },
    cookies: request.cookies.getAll(),
    headers: headersOf(request.headers),
  };
}
