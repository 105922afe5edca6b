import type { NextApiRequest, NextApiResponse } from "next";

type Greeting = {
  hello: string;
};

export default function handler(request: NextApiRequest, response: NextApiResponse<Greeting>) {
  const { name = "world" } = request.query;
  response.status(200).json({ hello: String(name) });
}
