/** console of an app in a Node.js process: Node's own formatting, and Go decides where the text goes. */
import { Console } from "node:console";
import { Out } from "../platform/messages";
import { where } from "../platform/where";
import { post } from "./border";

/** Levels of Out.Console. */
const levels = { debug: 0, info: 1, log: 2, warn: 3, error: 4 } as const;
/** Longest text of one call; what is longer is cut, so that a log line cannot fill the memory. */
const mostText = 1 << 20;

let level: number | undefined;

function sink(usual: number): object {
  return {
    isTTY: false,
    write(text: string): boolean {
      let line = text.endsWith("\n") ? text.slice(0, -1) : text;
      if (line.length > mostText) line = `${line.slice(0, mostText)}... ${line.length - mostText} more characters`;
      post(Out.Console, 0, line + where(), undefined, level ?? usual);
      return true;
    },
    on() {},
    once() {},
    removeListener() {},
    listenerCount: () => 0,
  };
}

/** Puts the global console into place. */
export function forwardConsole(): void {
  const own = new Console({ stdout: sink(levels.log), stderr: sink(levels.error) }) as unknown as Record<string, (...args: unknown[]) => void>;
  const target = (globalThis as unknown as { console: Record<string, unknown> }).console;
  for (const name of Object.keys(own)) {
    const method = own[name];
    if (typeof method !== "function" || !(name in target)) continue;
    const its = (levels as Record<string, number>)[name];
    target[name] = its === undefined ? method : {
      [name](...args: unknown[]): void {
        level = its;
        try {
          method(...args);
        } finally {
          level = undefined;
        }
      },
    }[name];
  }
}
