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
