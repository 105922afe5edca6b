import type { MiddlewareConfig, NextFetchEvent, NextRequest } from "next/server";
import { answer } from "./lib/answers";

export function middleware(request: NextRequest, event: NextFetchEvent) {
  return answer(request, event);
}

export const config: MiddlewareConfig = {
  matcher: [
    "/",
    "/about",
    "/ssr",
    "/gip",
    "/file.txt",
    "/nowhere/:path*",
    "/ssg/:id",
    "/dyn/:slug+",
    "/admin/:path*",
    "/before",
    "/after",
    "/moved",
    "/api/((?!edge-free|marks).*)",
    { source: "/has", has: [{ type: "header", key: "x-go" }] },
    { source: "/has-query", has: [{ type: "query", key: "go", value: "yes" }] },
    { source: "/has-cookie", has: [{ type: "cookie", key: "go", value: "(?<value>y.*)" }] },
    { source: "/has-host", has: [{ type: "host", value: "example.com" }] },
    { source: "/missing", missing: [{ type: "header", key: "x-stay" }] },
    { source: "/case/Sensitive" },
    { source: "/caf%C3%A9" },
    "/stra\u00dfe",
  ],
};
