import type { NextApiRequest, NextApiResponse } from "next";
import { createRouter } from "next-connect";
import multer from "multer";

export const config = { api: { bodyParser: false } };

const upload = multer({ storage: multer.memoryStorage(), limits: { fileSize: 1 << 20 } });
const router = createRouter<NextApiRequest & { file: Express.Multer.File }, NextApiResponse>();

router.use(upload.single("file") as any).post((req, res) => {
  res.json({ by: "multer", title: req.body.title, name: req.file.originalname, type: req.file.mimetype, text: req.file.buffer.toString() });
});

export default router.handler();
