/** Where the app logs: in development the texts of the console carry the stack of the call. */
import { onBoot } from "./loop";

/** Stands between a text and the stack. */
const mark = "\0at\0";
/** Enough to get out of the console itself and of what wraps it. */
const depth = 20;

const traced = Error as typeof Error & { stackTraceLimit?: number };
let development = false;
onBoot((boot) => {
  development = (boot as { dev?: unknown } | null)?.dev === true;
  // What a package throws deep inside shall still lead to who called it.
  if (development) traced.stackTraceLimit = 50;
});

/** What to add to a text that is logged now; nothing in production. */
export function where(): string {
  if (!development) return "";
  const limit = traced.stackTraceLimit;
  const holder = { stack: "" };
  traced.stackTraceLimit = depth;
  Error.captureStackTrace(holder, where);
  traced.stackTraceLimit = limit;
  return mark + holder.stack.slice(holder.stack.indexOf("\n") + 1) + rendering();
}

/** Who made the element that is rendered now; the server runtime may know. */
function rendering(): string {
  const owner = (globalThis as { [key: symbol]: unknown })[Symbol.for("onward.owner")];
  return typeof owner === "function" ? (owner() as string | null) ?? "" : "";
}
