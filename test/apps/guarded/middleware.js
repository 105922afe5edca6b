import { NextResponse } from "next/server";

export const config = {
  matcher: ["/secret/:path*", "/api/secret", "/open/:path*", "/reflect", "/elsewhere/:path*"],
};

export function middleware(request) {
  const { pathname } = request.nextUrl;
  if (pathname.startsWith("/secret") || pathname === "/api/secret") {
    if (request.cookies.get("key")?.value !== "right") {
      return new NextResponse("closed", { status: 401 });
    }
    return NextResponse.next();
  }
  if (pathname === "/reflect") {
    // The mistake of CVE-2025-57822: what the client sent goes into the answer.
    return NextResponse.next({ headers: request.headers });
  }
  if (pathname.startsWith("/elsewhere")) {
    return NextResponse.rewrite(new URL(`http://${process.env.UPSTREAM}${pathname}`));
  }
  const headers = new Headers(request.headers);
  headers.set("x-seen", pathname);
  return NextResponse.next({ request: { headers } });
}
