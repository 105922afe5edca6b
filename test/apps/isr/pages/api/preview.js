/** Turns preview and draft mode on and off, and tells what the request carries. */
export default function handler(req, res) {
  const { set, path, maxAge } = req.query;
  const options = { ...(path ? { path } : {}), ...(maxAge ? { maxAge: Number(maxAge) } : {}) };
  try {
    switch (set) {
      case "data":
        res.setPreviewData({ user: "ada", n: 1 }, options);
        break;
      case "text":
        res.setPreviewData("just text", options);
        break;
      case "large":
        res.setPreviewData("x".repeat(3000));
        break;
      case "clear":
        res.clearPreviewData(options);
        break;
      case "draft":
        res.setDraftMode();
        break;
      case "no-draft":
        res.setDraftMode({ enable: false });
        break;
    }
    res.json({
      preview: req.preview ?? "undefined",
      draftMode: req.draftMode ?? "undefined",
      previewData: req.previewData,
      in: ["preview", "draftMode", "previewData"].map((name) => name in req),
    });
  } catch (error) {
    res.status(500).json({ message: error.message.slice(0, 30) });
  }
}
