/** node:tty. A server's output is never a terminal. */
import { missing } from "../errors";

export const ttyModule = { isatty: (): boolean => false, ReadStream: missing("tty.ReadStream"), WriteStream: missing("tty.WriteStream") };
