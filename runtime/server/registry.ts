/**
 * The modules that pages reach through require(): one React and one copy of
 * next/* for the runtime and all pages, or contexts and hooks would not meet.
 * Each is evaluated when first required.
 */
import { registerModule } from "../platform/index";
import { reactDomServer } from "./react-dom-server";
import { registerStyledJSX } from "./styles";

/** The bundler's require: resolved and bundled at build. */
declare const require: (path: string) => any;

/**
 * An ES module as CommonJS users know it: what is required is the default export
 * itself, with the named ones on it, so that `require("next/link")` and
 * `import Link from "next/link"` give the same in every interop mode.
 */
function callable(namespace: Record<string, unknown>): unknown {
  const main = namespace.default;
  if ((typeof main !== "function" && typeof main !== "object") || main === null || Object.hasOwn(main, "__esModule")) {
    return namespace;
  }
  Object.defineProperty(main, "__esModule", { value: true });
  for (const name of Object.keys(namespace)) {
    Object.defineProperty(main, name, { value: namespace[name], configurable: true, writable: true, enumerable: name !== "default" });
  }
  return main;
}

/**
 * Registers React and next/*. What has no state to share (react-dom/client,
 * react-dom/static) is not here: the compiler bundles it into the pages that
 * import it.
 */
export function registerModules(): void {
  registerModule("react", () => require("react"));
  registerModule("react/jsx-runtime", () => require("react/jsx-runtime"));
  registerModule("react/jsx-dev-runtime", () => require("react/jsx-dev-runtime"));
  registerModule("react-dom", () => require("react-dom"));
  for (const name of ["server", "server.node", "server.edge", "server.browser"]) {
    registerModule(`react-dom/${name}`, reactDomServer);
  }
  registerModule("react/compiler-runtime", () => {
    // Inside try the bundler allows it to be missing, as it is before React 19.
    try {
      return require("react/compiler-runtime");
    } catch {
      throw Object.assign(new Error("Cannot find module 'react/compiler-runtime': it comes with React 19. Update react and react-dom."), {
        code: "MODULE_NOT_FOUND",
      });
    }
  });
  registerModule("react/package.json", () => require("react/package.json"));
  registerModule("react-dom/package.json", () => require("react-dom/package.json"));

  registerModule("next", () => ({}));
  registerModule("next/app", () => callable(require("../next/app")));
  registerModule("next/cache", () => require("../next/cache"));
  registerModule("next/constants", () => require("../next/constants"));
  registerModule("next/compat/router", () => require("../next/compat/router"));
  registerModule("next/document", () => callable(require("../next/document")));
  registerModule("next/dynamic", () => callable(require("../next/dynamic")));
  registerModule("next/error", () => callable(require("../next/error")));
  registerModule("next/form", () => callable(require("../next/form")));
  registerModule("next/headers", () => require("../next/headers"));
  registerModule("next/head", () => callable(require("../next/head")));
  registerModule("next/image", () => callable(require("../next/image")));
  registerModule("next/legacy/image", () => callable(require("../next/legacy/image")));
  registerModule("next/link", () => callable(require("../next/link")));
  registerModule("next/navigation", () => require("../next/navigation"));
  registerModule("next/private", () => require("../next/private"));
  registerModule("next/router", () => callable(require("../next/router")));
  registerModule("next/script", () => callable(require("../next/script")));
  registerModule("next/server", () => require("../next/server"));
  registerModule("next/web-vitals", () => require("../next/web-vitals"));
  registerStyledJSX();
}
