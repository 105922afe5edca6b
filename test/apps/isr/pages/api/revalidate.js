/** ?path=/a revalidates it; ?only=1 when it has been generated. */
export default async function handler(req, res) {
  const { path, only } = req.query;
  try {
    const result = await res.revalidate(path, only ? { unstable_onlyGenerated: true } : undefined);
    res.json({ revalidated: true, result: String(result) });
  } catch (error) {
    res.status(500).json({ revalidated: false, message: error.message });
  }
}
