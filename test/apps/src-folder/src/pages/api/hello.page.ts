import type { NextApiHandler } from "next";

const hello: NextApiHandler = (_req, res) => {
  res.status(200).json({ hello: "there" });
};

export default hello;
