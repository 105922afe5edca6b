export default async function handler(req, res) {
  try {
    await res.revalidate("/secret");
    res.json({ revalidated: true });
  } catch (error) {
    res.status(500).json({ message: error.message });
  }
}
