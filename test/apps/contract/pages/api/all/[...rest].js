export default (req, res) => res.json({ route: "all", query: req.query });
