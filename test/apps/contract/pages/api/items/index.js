export default (req, res) => res.json({ route: "items", query: req.query });
