import { NextResponse, type NextFetchEvent, type NextRequest } from "next/server";
import { show } from "../../../lib/show";

export const config = { runtime: "edge" };

const encoder = new TextEncoder();

/** What the route does, by its param. */
export default async function free(request: NextRequest, event: NextFetchEvent): Promise<Response | undefined> {
  const id = request.nextUrl.searchParams.get("id") ?? request.nextUrl.pathname.split("/").at(-1);
  switch (id) {
    case "show":
      return Response.json(show(request));
    case "text":
      return new Response("text from the edge", { status: 202, statusText: "Fine", headers: { "x-a": "1" } });
    case "cookies": {
      const response = NextResponse.json({ a: request.cookies.get("a")?.value ?? null });
      response.cookies.set("seen", "yes", { path: "/", maxAge: 0 });
      response.headers.append("set-cookie", "other=1");
      return response;
    }
    case "redirect":
      return NextResponse.redirect(new URL("/about", request.url));
    case "rewrite":
      return NextResponse.rewrite(new URL("/about", request.url));
    case "next":
      return NextResponse.next({ headers: { "x-a": "1" } });
    case "location":
      return new Response("see", { status: 302, headers: { location: "/about" } });
    case "body":
      return Response.json({ method: request.method, type: request.headers.get("content-type"), body: await request.text() });
    case "stream":
      return new Response(
        new ReadableStream({
          async start(controller) {
            for (const part of ["one ", "two ", "three"]) {
              controller.enqueue(encoder.encode(part));
              await new Promise((resolve) => setTimeout(resolve, 10));
            }
            controller.close();
          },
        }),
        { headers: { "content-type": "text/plain; charset=utf-8" } },
      );
    case "wait":
      event.waitUntil(fetch(new URL("/api/marks?add=edge", request.url)));
      return new Response("waiting");
    case "throw":
      throw new Error("edge failed");
    case "nothing":
      return undefined;
    case "empty":
      return new Response(null, { status: 204 });
    case "globals":
      return Response.json({
        runtime: process.env.NEXT_RUNTIME,
        caches: typeof caches,
        crypto: typeof crypto.subtle,
        pattern: typeof (globalThis as { URLPattern?: unknown }).URLPattern,
        instance: request instanceof Request,
        als: typeof (globalThis as { AsyncLocalStorage?: unknown }).AsyncLocalStorage,
      });
  }
  return new Response("unknown", { status: 404 });
}
