/** node:constants: the old flat list. */
import { constants as fsConstants } from "./fs-types";
import { osConstants } from "./os";

export const constantsModule = Object.freeze({ ...osConstants.dlopen, ...osConstants.errno, ...osConstants.priority, ...osConstants.signals, ...fsConstants });
