export const config = { api: { bodyParser: false, responseLimit: "1kb" } };
export default function handler(req, res) {
  const sizes = [];
  req.on("data", (chunk) => sizes.push(chunk.length, Buffer.isBuffer(chunk)));
  req.on("end", () => res.send("x".repeat(2000) + sizes));
}
