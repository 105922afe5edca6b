/**
 * Whether props survive JSON unchanged. Checked where it costs nobody's
 * request: at build and in development.
 */

/** The kind of an object as people name it: "[object Date]". */
function label(value: unknown): string {
  return Object.prototype.toString.call(value);
}

/** An object made by {} or Object.create(null), of this or another realm. */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (label(value) !== "[object Object]") return false;
  const proto: unknown = Object.getPrototypeOf(value);
  // A plain object of another realm has a prototype of its own, which has none.
  return proto === null || Object.hasOwn(proto as object, "isPrototypeOf");
}

/** Throws an Error that names the path of the first value which JSON cannot carry. */
export function checkProps(page: string, method: string, props: unknown): void {
  const fail = (path: string, reason: string): never => {
    const what = path ? `\`${path}\` returned from \`${method}\`` : `props returned from \`${method}\``;
    throw new Error(`Error serializing ${what} in "${page}".\nReason: ${reason}`);
  };
  if (!isPlain(props)) {
    fail("", `\`props\` has to be a plain object, as in \`{ props: { ... } }\`; ${method} gave \`${label(props)}\`.`);
  }
  // The objects on the way down to the present one, so that the same object
  // twice side by side is fine and only a true circle is not.
  const above = new Map<object, string>();
  const visit = (value: unknown, path: string): void => {
    switch (typeof value) {
      case "string":
      case "number":
      case "boolean":
        return;
      case "undefined":
        fail(path, "`undefined` cannot be serialized as JSON. Use `null`, or leave the key out.");
        return;
      case "object":
        break;
      default:
        fail(path, `\`${typeof value}\` cannot be serialized as JSON. Only plain JSON values can be props.`);
    }
    if (value === null) return;
    const object = value as object;
    if (!Array.isArray(object) && !isPlain(object)) {
      fail(path, `\`object\` ("${label(object)}") cannot be serialized as JSON. Only plain JSON values can be props.`);
    }
    const seen = above.get(object);
    if (seen !== undefined) {
      fail(path, `circular references cannot be serialized as JSON (it refers to \`${seen || "(self)"}\`).`);
    }
    above.set(object, path);
    if (Array.isArray(object)) {
      for (let i = 0; i < object.length; i++) visit(object[i], `${path}[${i}]`);
    } else {
      for (const [key, inner] of Object.entries(object)) {
        visit(inner, /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`);
      }
    }
    above.delete(object);
  };
  visit(props, "");
}
