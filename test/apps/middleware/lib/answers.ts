import { NextResponse, userAgent, userAgentFromString, type NextFetchEvent, type NextRequest } from "next/server";
import { show } from "./show";

type Answer = (request: NextRequest, event: NextFetchEvent) => Response | undefined | null | void | Promise<Response | undefined | void>;

/** A copy of the request's URL with another path and no query but the given one. */
function at(request: NextRequest, path: string): URL {
  return new URL(path, request.url);
}

function streamed(chunks: string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async start(controller) {
      for (const chunk of chunks) {
        controller.enqueue(encoder.encode(chunk));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      controller.close();
    },
  });
}

/** What middleware does, by the name in the query's `mw`. */
export const answers: Record<string, Answer> = {
  echo: (request) => NextResponse.json(show(request)),
  nothing: () => undefined,
  null: () => null,
  next: () => NextResponse.next(),
  "next-headers": () => {
    const response = NextResponse.next({ headers: { "x-from": "init", "x-both": "middleware" } });
    response.headers.set("x-later", "1");
    response.headers.append("vary", "x-thing");
    return response;
  },
  "next-status": () => NextResponse.next({ status: 418 }),
  "next-cache-control": () => NextResponse.next({ headers: { "cache-control": "public, max-age=9" } }),
  "next-content-type": () => NextResponse.next({ headers: { "content-type": "text/weird" } }),
  "next-length": () => NextResponse.next({ headers: { "content-length": "3", etag: '"mine"' } }),
  "next-location": () => NextResponse.next({ headers: { location: "http://example.com/x" } }),
  "next-location-relative": () => NextResponse.next({ headers: { location: "/about" } }),
  "next-cookies": () => {
    const response = NextResponse.next();
    response.cookies.set("a", "1");
    response.cookies.set({ name: "b", value: "two words", path: "/b", httpOnly: true, sameSite: "lax", maxAge: undefined });
    response.cookies.set("gone", "x").delete("gone");
    return response;
  },
  "next-appended-cookies": () => {
    const response = NextResponse.next();
    response.headers.append("set-cookie", "one=1; Path=/");
    response.headers.append("set-cookie", "two=2; Path=/; Expires=Thu, 01 Jan 2032 00:00:00 GMT");
    return response;
  },
  "request-headers": (request) => {
    const headers = new Headers(request.headers);
    headers.set("x-added", "by middleware");
    headers.set("cookie", "only=this");
    headers.delete("x-drop");
    return NextResponse.next({ request: { headers } });
  },
  "request-headers-only": () => NextResponse.next({ request: { headers: new Headers({ "x-only": "1" }) } }),
  "request-headers-rewrite": (request) => {
    const headers = new Headers(request.headers);
    headers.set("x-added", "by middleware");
    return NextResponse.rewrite(at(request, "/api/echo?r=1"), { request: { headers } });
  },
  "request-cookies": (request) => {
    request.cookies.set("added", "1");
    request.cookies.delete("a");
    return NextResponse.next({ request });
  },
  "reflect-headers": (request) => NextResponse.next({ headers: request.headers }),
  rewrite: (request) => NextResponse.rewrite(at(request, "/ssr?to=1")),
  "rewrite-url": (request) => {
    const url = request.nextUrl.clone();
    url.pathname = "/ssr";
    url.searchParams.set("added", "1");
    return NextResponse.rewrite(url);
  },
  "rewrite-ssg": (request) => NextResponse.rewrite(at(request, "/ssg/a")),
  "rewrite-dynamic": (request) => NextResponse.rewrite(at(request, "/dyn/one%20two?q=1")),
  "rewrite-static": (request) => NextResponse.rewrite(at(request, "/")),
  "rewrite-api": (request) => NextResponse.rewrite(at(request, "/api/echo?r=1")),
  "rewrite-edge": (request) => NextResponse.rewrite(at(request, "/api/edge?r=1")),
  "rewrite-file": (request) => NextResponse.rewrite(at(request, "/file.txt")),
  "rewrite-missing": (request) => NextResponse.rewrite(at(request, "/nowhere")),
  "rewrite-rule": (request) => NextResponse.rewrite(at(request, "/after?mine=1")),
  "rewrite-before": (request) => NextResponse.rewrite(at(request, "/before")),
  "rewrite-headers": (request) => NextResponse.rewrite(at(request, "/ssr"), { headers: { "x-from": "rewrite" } }),
  "rewrite-status": (request) => NextResponse.rewrite(at(request, "/ssr"), { status: 403 }),
  "rewrite-external": (request) => NextResponse.rewrite(new URL(request.nextUrl.searchParams.get("to") ?? "/", request.url)),
  "rewrite-data": (request) => NextResponse.rewrite(at(request, "/_next/data/x/ssr.json")),
  redirect: (request) => NextResponse.redirect(at(request, "/about?to=1")),
  "redirect-301": (request) => NextResponse.redirect(at(request, "/about"), 301),
  "redirect-302": (request) => NextResponse.redirect(at(request, "/about"), { status: 302, headers: { "x-from": "redirect" } }),
  "redirect-303": (request) => NextResponse.redirect(at(request, "/about"), 303),
  "redirect-308": (request) => NextResponse.redirect(at(request, "/about"), 308),
  "redirect-304": (request) => NextResponse.redirect(at(request, "/about"), 304),
  "redirect-away": () => NextResponse.redirect("https://example.com/away?x=1#hash"),
  "redirect-hash": (request) => NextResponse.redirect(at(request, "/about#part")),
  "redirect-relative": () => NextResponse.redirect("/about"),
  "redirect-cookie": (request) => {
    const response = NextResponse.redirect(at(request, "/about"));
    response.cookies.set("seen", "1");
    return response;
  },
  "redirect-plain": (request) => Response.redirect(at(request, "/about"), 302),
  "redirect-header": () => new Response("moved", { status: 307, headers: { location: "/about" } }),
  "location-200": (request) => new NextResponse("body", { status: 200, headers: { location: String(at(request, "/about")) } }),
  "location-201": () => new NextResponse("made", { status: 201, headers: { location: "http://example.com/made" } }),
  json: () => NextResponse.json({ a: [1, "é"] }, { status: 201, headers: { "x-from": "json" } }),
  "json-plain": () => Response.json({ plain: true }),
  text: () => new NextResponse("some text"),
  html: () => new NextResponse("<p>html</p>", { headers: { "content-type": "text/html; charset=utf-8" } }),
  bytes: () => new Response(new Uint8Array([1, 2, 250])),
  status: () => new NextResponse("denied", { status: 401, statusText: "Nope", headers: { "www-authenticate": 'Basic realm="x"' } }),
  "no-content": () => new Response(null, { status: 204 }),
  "empty-200": () => new NextResponse(null),
  "empty-404": () => new NextResponse(null, { status: 404 }),
  stream: () => new Response(streamed(["one ", "two ", "three"]), { headers: { "content-type": "text/plain" } }),
  "direct-cookies": () => {
    const response = new NextResponse("cookies");
    response.cookies.set("a", "1", { path: "/x" });
    return response;
  },
  throw: () => {
    throw new Error("middleware failed");
  },
  reject: async () => {
    await null;
    throw new TypeError("middleware rejected");
  },
  "not-response": () => ({ status: 200 }) as unknown as Response,
  "relative-rewrite": () => NextResponse.rewrite("/about"),
  body: async (request) => NextResponse.json({ body: await request.text() }),
  "body-next": async (request) => {
    const text = await request.text();
    return NextResponse.next({ headers: { "x-length": String(text.length) } });
  },
  "body-clone": async (request) => {
    const copy = await request.clone().json();
    return NextResponse.next({ headers: { "x-copy": JSON.stringify(copy) } });
  },
  form: async (request) => NextResponse.json([...(await request.formData())]),
  wait: (request, event) => {
    event.waitUntil(
      (async () => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        await fetch(at(request, "/api/marks?add=waited"));
      })(),
    );
    return NextResponse.next();
  },
  "wait-fails": (_request, event) => {
    event.waitUntil(Promise.reject(new Error("background failed")));
    return NextResponse.next();
  },
  fetch: async (request) => {
    const response = await fetch(at(request, "/api/echo?fetched=1"));
    return NextResponse.json({ status: response.status, query: (await response.json()).query });
  },
  agent: (request) => NextResponse.json(userAgent(request)),
  "agent-text": () => NextResponse.json(userAgentFromString(undefined)),
  runtime: () => NextResponse.json({ runtime: process.env.NEXT_RUNTIME, mode: process.env.NODE_ENV }),
  prefetch: (request) => NextResponse.next({ headers: { "x-prefetch": String(request.headers.get("x-middleware-prefetch")) } }),
};

export function answer(request: NextRequest, event: NextFetchEvent): ReturnType<Answer> {
  const name = request.nextUrl.searchParams.get("mw");
  if (name !== null && Object.hasOwn(answers, name)) return answers[name]!(request, event);
  const response = NextResponse.next();
  response.headers.set("x-middleware-saw", request.nextUrl.pathname);
  response.headers.set("x-saw", request.nextUrl.pathname + request.nextUrl.search);
  return response;
}
