import { execFileSync } from "node:child_process";

type Request = { query: { how?: string } };
type Response = { json(body: unknown): void };

/** Ways in which a process is lost, and what only Node.js can do. */
export default function handler(req: Request, res: Response) {
  switch (req.query.how) {
    case "killed":
      process.kill(process.pid, "SIGKILL");
      return;
    case "loop":
      for (;;);
    case "exit":
      process.exit(3);
    case "spawn":
      return res.json(execFileSync("echo", ["spawned"], { encoding: "utf8" }).trim());
    default:
      res.json({ pid: process.pid, parent: process.ppid });
  }
}
