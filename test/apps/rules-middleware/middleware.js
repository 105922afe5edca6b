import { NextResponse } from "next/server";

export function middleware(request) {
  const { pathname } = request.nextUrl;
  if (pathname === "/mw-redirect") return NextResponse.redirect(new URL("/about", request.url));
  if (pathname === "/mw-answer") return new NextResponse("answered");
  if (pathname === "/mw-rewrite") return NextResponse.rewrite(new URL("/rw/9?m=1", request.url));
  if (pathname === "/mw-up") return NextResponse.rewrite(new URL("/direct?m=1", process.env.UPSTREAM));
  const response = NextResponse.next();
  response.headers.set("x-seen", pathname);
  response.headers.set("x-both", "middleware");
  response.cookies.set("mw", "1");
  return response;
}
