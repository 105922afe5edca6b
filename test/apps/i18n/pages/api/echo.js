export default async function handler(req, res) {
  if (req.query.revalidate) {
    try {
      await res.revalidate(req.query.revalidate);
      return res.json({ revalidated: true });
    } catch (error) {
      return res.status(500).json({ message: error.message });
    }
  }
  res.json({ url: req.url, query: req.query });
}
