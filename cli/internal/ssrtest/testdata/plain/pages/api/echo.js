export default async function handler(req, res) {
  switch (req.query.do) {
    case "json":
      return res.status(201).json({ query: req.query, cookies: req.cookies, body: req.body, method: req.method });
    case "text":
      return res.send("hé");
    case "number":
      return res.send(5);
    case "null":
      return res.send(null);
    case "buffer":
      return res.send(Buffer.from("abc"));
    case "noContent":
      return res.status(204).json({ a: 1 });
    case "redirect":
      return res.redirect("/about");
    case "redirect308":
      return res.redirect(308, "/x");
    case "badRedirect":
      return res.redirect({});
    case "stream":
      res.setHeader("Content-Type", "text/plain");
      res.write("a");
      await new Promise((resolve) => setTimeout(resolve, 2));
      res.write("b");
      return res.end("c");
    case "sync":
      res.writeHead(202, "Okay", { "x-y": ["1", "2"] });
      res.write("a");
      return res.end("b");
    case "throw":
      throw new Error("api boom");
    case "preview":
      res.setPreviewData({ a: 1 }, { maxAge: 60, path: "/p" });
      return res.end(res.getHeader("Set-Cookie").map((cookie) => cookie.replace(/data=[^;]*/, "data=")).join("\n"));
    case "largePreview":
      return res.setPreviewData("x".repeat(3000));
    case "draft":
      res.setDraftMode({ enable: true });
      return res.end();
    case "undraft":
      res.setDraftMode({ enable: false });
      res.clearPreviewData();
      res.clearPreviewData();
      return res.end();
    case "headers":
      res.appendHeader("X-B", "1");
      res.appendHeader("x-b", "2");
      res.removeHeader("gone");
      return res.json([req.headers, req.rawHeaders, req.headersDistinct, res.getHeaders(), res.getHeaderNames(), res.hasHeader("X-b")]);
    case "badHeader":
      return res.setHeader("x", "a\nb");
    case "late":
      res.end("done");
      return res.setHeader("x", "1");
    case "revalidate":
      await res.revalidate("/posts/a");
      return res.json({ revalidated: true });
    case "badRevalidate":
      await res.revalidate("posts/a").catch((error) => res.send(error.message));
      return;
    case "events": {
      const seen = [];
      res.on("finish", () => seen.push("finish"));
      res.on("close", () => console.log([...seen, "close", res.writableFinished, res.headersSent].join()));
      return res.end("x");
    }
  }
  res.end();
}
