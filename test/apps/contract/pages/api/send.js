import { Readable } from "stream";

export default function handler(req, res) {
  switch (req.query.kind) {
    case "string":
      return res.send("plain é");
    case "html":
      return res.setHeader("Content-Type", "text/html").send("<b>bold</b>");
    case "buffer":
      return res.send(Buffer.from("bytes"));
    case "object":
      return res.send({ a: [1] });
    case "number":
      return res.send(5);
    case "boolean":
      return res.send(true);
    case "null":
      return res.send(null);
    case "undefined":
      return res.send(undefined);
    case "stream":
      return res.send(Readable.from(["one ", "two"]));
    case "no-content":
      return res.status(204).send("dropped");
    case "not-modified":
      return res.status(304).send("dropped");
    case "array":
      return res.status(201).json([1, 2]);
    case "json-string":
      return res.json("text");
    case "json-null":
      return res.json(null);
    case "json-undefined":
      return res.json(undefined);
  }
  res.status(400).end();
}
