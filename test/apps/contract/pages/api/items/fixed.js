export default (req, res) => res.json({ route: "fixed" });
