import type { NextApiRequest, NextApiResponse } from "next";
import { createRouter } from "next-connect";
import NextCors from "nextjs-cors";
import { z } from "zod";
import cloneDeep from "lodash/cloneDeep";
import { sortBy } from "lodash";

const router = createRouter<NextApiRequest, NextApiResponse>();
const item = z.object({ name: z.string().min(2), price: z.coerce.number().positive().default(1) });

router
  .use(async (req, res, next) => {
    await NextCors(req, res, { methods: ["GET", "POST"], origin: "http://other.example", optionsSuccessStatus: 200 });
    await next();
  })
  .get((_req, res) => res.json(sortBy(cloneDeep(["b", "a"]))))
  .post((req, res) => {
    const parsed = item.safeParse(req.body);
    if (!parsed.success) return res.status(422).json({ errors: z.flattenError(parsed.error).fieldErrors });
    res.status(201).json(parsed.data);
  });

export default router.handler({ onNoMatch: (_req, res) => res.status(405).json({ error: "no such method" }) });
