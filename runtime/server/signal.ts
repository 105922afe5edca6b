/**
 * Job "signal": the server process was asked to end, and NEXT_MANUAL_SIG_HANDLE
 * leaves it to the app what happens then.
 */
import type { Job } from "../platform/index";
import { load } from "./app";

interface Emitter {
  listenerCount(name: string): number;
  emit(name: string, ...args: unknown[]): boolean;
  exit(code?: number): void;
  exitCode?: number;
}

declare const process: Emitter;

/** Handler of Job "signal". Answers {handled: false}, or {handled: true, code} once the app has called process.exit. */
export function signal(job: Job): void {
  const { name, number } = JSON.parse(job.input) as { name: string; number: number };
  // Handlers are registered where module code of the server runs first.
  load("/_document");
  load("/_app");
  if (!process.listenerCount(name)) return job.reply('{"handled":false}');
  process.exit = (code) => {
    if (!job.done) job.reply(JSON.stringify({ handled: true, code: code ?? process.exitCode ?? 0 }));
  };
  process.emit(name, name, number);
}
