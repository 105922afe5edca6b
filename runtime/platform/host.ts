/** The platform's side of the border: calls of Go operations, by name. */
import { hostAsync, hostCall, hostStream } from "./loop";

/** Synchronous operation that answers text. */
export function callText(op: string, text: string, body?: Uint8Array): string {
  const answer = hostCall(op, text, body);
  return typeof answer === "string" ? answer : __native.decode(answer, false);
}

/** Synchronous operation that answers bytes. */
export function callBytes(op: string, text: string, body?: Uint8Array): Uint8Array {
  const answer = hostCall(op, text, body);
  return typeof answer === "string" ? __native.encode(answer) : answer;
}

/** Asynchronous operation that answers bytes. */
export async function awaitBytes(op: string, text: string, body?: Uint8Array): Promise<Uint8Array> {
  const answer = await hostAsync(op, text, body);
  return answer.body ?? __native.encode(answer.text ?? "");
}

/** Asynchronous operation that answers text. */
export async function awaitText(op: string, text: string, body?: Uint8Array): Promise<string> {
  const answer = await hostAsync(op, text, body);
  return answer.text ?? (answer.body ? __native.decode(answer.body, false) : "");
}
