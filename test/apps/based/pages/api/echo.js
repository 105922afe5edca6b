export default (req, res) => (req.query.to ? res.redirect(req.query.to) : res.json({ url: req.url, query: req.query }));
