import bcrypt from "bcrypt";

type Request = { method: string; body: { password?: string; hash?: string } };
type Response = { status(code: number): Response; json(body: unknown): void };

export default async function handler(req: Request, res: Response) {
  const { password = "", hash } = req.body;
  if (hash) return res.json({ same: await bcrypt.compare(password, hash) });
  res.json({ hash: await bcrypt.hash(password, 6) });
}
