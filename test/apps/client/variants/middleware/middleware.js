import { NextResponse } from "next/server";

export const config = { matcher: ["/mw/:path*", "/ssg/guarded"] };

export function middleware(request) {
  const to = (path) => new URL(path, request.url);
  switch (request.nextUrl.pathname) {
    case "/mw/to-ssg":
      return NextResponse.rewrite(to("/ssg/b"));
    case "/mw/to-ssp":
      return NextResponse.rewrite(to("/ssp?by=middleware"));
    case "/mw/to-post":
      return NextResponse.rewrite(to("/posts/7"));
    case "/mw/to-static":
      return NextResponse.rewrite(to("/static"));
    case "/mw/to-nowhere":
      return NextResponse.rewrite(to("/nowhere"));
    case "/mw/redirect":
      return NextResponse.redirect(to("/static?redirected=1"));
    case "/mw/redirect-out":
      return NextResponse.redirect("http://out.localhost:1/");
    case "/mw/fresh": {
      const response = NextResponse.next();
      response.headers.set("x-middleware-cache", "no-cache");
      return response;
    }
    case "/mw/denied":
      return new NextResponse("denied", { status: 403 });
    default:
      return NextResponse.next();
  }
}
