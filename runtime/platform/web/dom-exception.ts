/** DOMException: an Error whose name comes from a fixed list with numeric codes. */

const legacyCodes: Record<string, number> = {
  IndexSizeError: 1, HierarchyRequestError: 3, WrongDocumentError: 4, InvalidCharacterError: 5,
  NoModificationAllowedError: 7, NotFoundError: 8, NotSupportedError: 9, InUseAttributeError: 10,
  InvalidStateError: 11, SyntaxError: 12, InvalidModificationError: 13, NamespaceError: 14,
  InvalidAccessError: 15, TypeMismatchError: 17, SecurityError: 18, NetworkError: 19, AbortError: 20,
  URLMismatchError: 21, QuotaExceededError: 22, TimeoutError: 23, InvalidNodeTypeError: 24, DataCloneError: 25,
};

export class DOMException extends Error {
  readonly #name: string;

  constructor(message = "", options: string | { name?: string; cause?: unknown } = "Error") {
    super(String(message));
    let name: string;
    if (typeof options === "object" && options !== null) {
      name = options.name === undefined ? "Error" : String(options.name);
      if ("cause" in options) Object.defineProperty(this, "cause", { value: options.cause, configurable: true, writable: true });
    } else {
      name = String(options);
    }
    this.#name = name;
    if (typeof this.stack === "string") {
      const body = this.stack.indexOf("\n    at ");
      const stack = `${name}: ${this.message}${body < 0 ? "" : this.stack.slice(body)}`;
      Object.defineProperty(this, "stack", { value: stack, configurable: true, writable: true, enumerable: false });
    }
  }

  override get name(): string {
    return #name in this ? this.#name : "Error";
  }

  get code(): number {
    return legacyCodes[this.#name] ?? 0;
  }
}

Object.defineProperty(DOMException.prototype, Symbol.toStringTag, { value: "DOMException", configurable: true });
for (const [name, code] of Object.entries(legacyCodes)) {
  const constant = name.replace(/Error$/, "").replace(/([a-z])([A-Z])/g, "$1_$2").toUpperCase() + "_ERR";
  const key = { SYNTAX_ERR: "SYNTAX_ERR", URLMISMATCH_ERR: "URL_MISMATCH_ERR" }[constant] ?? constant;
  for (const holder of [DOMException, DOMException.prototype]) {
    Object.defineProperty(holder, key, { value: code, enumerable: true });
  }
}
