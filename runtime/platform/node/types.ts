/** util.types: what a value is by its internal slots. */
import { isErrorObject, slotOf } from "../inspect";

const tagGetter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype) as object, Symbol.toStringTag)!.get!;
const typedName = (v: unknown): string | undefined => (ArrayBuffer.isView(v) ? (tagGetter.call(v) as string | undefined) : undefined);
const tag = (v: unknown): string => Object.prototype.toString.call(v).slice(8, -1);
const isObject = (v: unknown): v is object => v !== null && typeof v === "object";
const slot = (name: string) => (v: unknown): boolean => isObject(v) && !(name === "RegExp" && v === RegExp.prototype) && slotOf(v) === name;
const typed = (name: string) => (v: unknown): boolean => typedName(v) === name;
const boxed = ["Number", "String", "Boolean", "Symbol", "BigInt"];

export const types = {
  isAnyArrayBuffer: (v: unknown): boolean => isObject(v) && ["ArrayBuffer", "SharedArrayBuffer"].includes(slotOf(v)),
  isArrayBuffer: slot("ArrayBuffer"),
  isSharedArrayBuffer: slot("SharedArrayBuffer"),
  isArrayBufferView: (v: unknown): boolean => ArrayBuffer.isView(v),
  isArgumentsObject: (v: unknown): boolean => isObject(v) && !(Symbol.toStringTag in v) && tag(v) === "Arguments",
  isAsyncFunction: (v: unknown): boolean => typeof v === "function" && /^Async(Generator)?Function$/.test(tag(v)),
  isBigInt64Array: typed("BigInt64Array"),
  isBigUint64Array: typed("BigUint64Array"),
  isBigIntObject: slot("BigInt"),
  isBooleanObject: slot("Boolean"),
  isBoxedPrimitive: (v: unknown): boolean => isObject(v) && boxed.includes(slotOf(v)),
  isCryptoKey: (v: unknown): boolean => isObject(v) && v.constructor?.name === "CryptoKey",
  isDataView: slot("DataView"),
  isDate: slot("Date"),
  isExternal: (): boolean => false,
  isEventTarget: (v: unknown): boolean => v instanceof EventTarget,
  isFloat32Array: typed("Float32Array"),
  isFloat64Array: typed("Float64Array"),
  isGeneratorFunction: (v: unknown): boolean => typeof v === "function" && /^(Async)?GeneratorFunction$/.test(tag(v)),
  isGeneratorObject: (v: unknown): boolean => isObject(v) && tag(v) === "Generator",
  isInt8Array: typed("Int8Array"),
  isInt16Array: typed("Int16Array"),
  isInt32Array: typed("Int32Array"),
  isKeyObject: (v: unknown): boolean => isObject(v) && /^(Secret|Public|Private)KeyObject$/.test(v.constructor?.name ?? ""),
  isMap: slot("Map"),
  isMapIterator: (v: unknown): boolean => isObject(v) && tag(v) === "Map Iterator",
  isModuleNamespaceObject: (v: unknown): boolean => isObject(v) && tag(v) === "Module" && Object.getPrototypeOf(v) === null,
  isNativeError: (v: unknown): boolean => isObject(v) && isErrorObject(v),
  isNumberObject: slot("Number"),
  isPromise: (v: unknown): boolean => v instanceof Promise,
  isProxy: (v: unknown): boolean => (typeof v === "object" || typeof v === "function") && v !== null && __native.proxyDetails(v) !== undefined,
  isRegExp: slot("RegExp"),
  isSet: slot("Set"),
  isSetIterator: (v: unknown): boolean => isObject(v) && tag(v) === "Set Iterator",
  isStringObject: slot("String"),
  isSymbolObject: slot("Symbol"),
  isTypedArray: (v: unknown): boolean => typedName(v) !== undefined,
  isUint8Array: typed("Uint8Array"),
  isUint8ClampedArray: typed("Uint8ClampedArray"),
  isUint16Array: typed("Uint16Array"),
  isUint32Array: typed("Uint32Array"),
  isWeakMap: slot("WeakMap"),
  isWeakSet: slot("WeakSet"),
};
