const kinds = (object, names) => Object.fromEntries(names.split(" ").map((name) => [name, object?.[name] === null ? "null" : typeof object?.[name]]));

const ofRequest =
  "aborted complete connection destroy destroyed headers headersDistinct httpVersion httpVersionMajor httpVersionMinor isPaused listenerCount method off on once " +
  "pause pipe rawHeaders rawTrailers read readable readableEnded resume setEncoding setTimeout socket trailers unpipe url query cookies body preview previewData draftMode";
const ofResponse =
  "addTrailers appendHeader connection cork destroy destroyed emit end finished flushHeaders getHeader getHeaderNames getHeaders hasHeader headersSent off on once " +
  "removeHeader req sendDate setHeader setHeaders setTimeout shouldKeepAlive socket statusCode statusMessage strictContentLength uncork writable writableEnded " +
  "writableFinished writableHighWaterMark writableLength writableNeedDrain write writeContinue writeEarlyHints writeHead writeProcessing " +
  "status send json redirect setDraftMode setPreviewData clearPreviewData revalidate";
const ofSocket = "destroy destroyed encrypted on once readable remoteAddress remoteFamily remotePort setKeepAlive setNoDelay setTimeout writable";

/** One route for the raw side of the response, chosen by ?do=. */
export default async function handler(req, res) {
  switch (req.query.do) {
    case "redirect":
      return res.redirect("/about");
    case "redirect-308":
      return res.redirect(308, "/about?x=1");
    case "redirect-301":
      return res.redirect(301, "https://example.com/é");
    case "redirect-bad":
      return res.redirect(12, 34);
    case "throw":
      throw new Error("api threw: secret detail");
    case "reject":
      await Promise.resolve();
      return Promise.reject(new Error("api rejected"));
    case "throw-status":
      throw Object.assign(new Error("teapot"), { statusCode: 418 });
    case "throw-after-head":
      res.status(202);
      throw new Error("too late");
    case "status-message":
      res.statusCode = 299;
      res.statusMessage = "Rather Fine";
      return res.end("fine");
    case "headers":
      res.setHeader("X-One", "1");
      res.setHeader("X-Many", ["a", "b"]);
      res.setHeader("Set-Cookie", ["a=1; Path=/", "b=2"]);
      res.appendHeader("X-One", "more");
      res.setHeader("X-Removed", "x");
      res.removeHeader("X-Removed");
      return res.end(JSON.stringify({ has: res.hasHeader("x-one"), one: res.getHeader("X-ONE"), names: res.getHeaderNames().sort() }));
    case "write":
      res.writeHead(200, { "Content-Type": "text/plain", "X-Head": "yes" });
      res.write("one\n");
      res.write(Buffer.from("two\n"));
      return res.end("three\n");
    case "length":
      res.setHeader("Content-Length", "5");
      return res.end("12345");
    case "empty":
      return res.end();
    case "cache":
      res.setHeader("Cache-Control", "s-maxage=10");
      return res.json({ cached: true });
    case "events":
      return new Promise((resolve) => {
        res.on("finish", resolve);
        res.on("close", resolve);
        setTimeout(() => res.status(200).end(`writable ${res.writableEnded}`), 10);
      });
    case "late":
      await new Promise((resolve) => setTimeout(resolve, 50));
      return res.status(200).json({ late: true });
    case "flags":
      return res.json({ sent: res.headersSent, ended: res.writableEnded, finished: res.finished ?? null, chain: res.status(200) === res });
    case "surface":
      return res.json({ request: kinds(req, ofRequest), response: kinds(res, ofResponse), socket: kinds(req.socket, ofSocket), same: [res.req === req, req.connection === req.socket] });
    case "node-headers":
      res.setHeaders(new Map([["X-Map", "1"], ["X-List", ["a", "b"]]]));
      res.setHeader("X-Number", 5);
      res.setHeader("x-case", "1");
      res.flushHeaders();
      return res.end(JSON.stringify([res.headersSent, res.getHeader("x-number"), res.getHeaders()]));
    case "query": {
      const before = { ...req.query };
      req.query.added = "yes";
      delete req.query.do;
      const added = { ...req.query };
      req.query = { replaced: "1" };
      req.cookies = { own: "cookie" };
      req.body = "own body";
      return res.json({ before, added, query: req.query, cookies: req.cookies, body: req.body });
    }
    case "big":
      return res.send("x".repeat(100_000));
  }
  res.status(400).json({ error: "unknown" });
}
