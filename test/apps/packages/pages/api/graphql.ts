import type { NextApiRequest, NextApiResponse } from "next";
import { buildSchema, graphql } from "graphql";

const schema = buildSchema("type Query { hello(name: String!): String! }");

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  const { query, variables } = req.body;
  res.json(await graphql({ schema, source: query, variableValues: variables, rootValue: { hello: ({ name }: { name: string }) => "Hello " + name } }));
}
