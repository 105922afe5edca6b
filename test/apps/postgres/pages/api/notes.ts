import { add } from "../../lib/database";

type Request = { method: string; body: { text: string } };
type Response = { status(code: number): Response; json(body: unknown): void };

export default async function handler(req: Request, res: Response) {
  if (req.method !== "POST") return res.status(405).json({ error: "POST only" });
  try {
    res.status(201).json({ id: await add(req.body.text) });
  } catch (error) {
    res.status(400).json({ error: (error as Error).message, code: (error as { code?: string }).code });
  }
}
