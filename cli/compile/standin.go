package compile

import (
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// standInNamespace holds what a package gets in place of a Node.js module that
// the engine lacks.
const standInNamespace = "onward-stand-in"

// sideFeatures are packages that import a missing Node.js module for something
// that most of their users never ask for: HTTP/2 of axios, proxies. Refusing them
// would refuse whole apps; they get a module whose use throws an error that
// names it. A package that cannot work without the module (a database driver
// without sockets) does not belong here: the build has to refuse that.
var sideFeatures = map[string][]string{
	"@smithy/node-http-handler": {"http2"},
	"@whatwg-node/node-fetch":   {"tls"},
	"agent-base":                {"net", "tls"},
	"asap":                      {"domain"},
	"axios":                     {"http2"},
	"http-proxy-agent":          {"net", "tls"},
	"https-proxy-agent":         {"net", "tls"},
	"node-fetch":                {"net"},
	"proxy-agent":               {"net", "tls"},
}

// hasStandIn tells whether the file importer may import the missing module name.
func hasStandIn(importer, name string) bool {
	at := strings.LastIndex(importer, "node_modules/")
	if at < 0 {
		return false
	}
	return slices.Contains(sideFeatures[packageName(importer[at+len("node_modules/"):])], name)
}

// loadStandIn is a module on which every name exists and no call works. The
// names come from a prototype, because that is what bundled imports keep of a
// CommonJS module. What net knows about addresses is real.
func loadStandIn(args api.OnLoadArgs) (api.OnLoadResult, error) {
	text := "const module_ = " + quoteJS(args.Path) + `;
const absent = (path) => {
  const refuse = () => {
    throw Object.assign(new Error(path + " is not available: the Node.js module '" + module_ + "' needs the Node engine: build with --engine node"), { code: "ERR_ONWARD_UNSUPPORTED" });
  };
  return new Proxy(class {}, {
    apply: refuse,
    construct: refuse,
    get: (target, key) => (typeof key === "symbol" || key in target ? target[key] : absent(path + "." + key)),
  });
};
const isIPv4 = (text) => /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(text);
const isIPv6 = (text) => {
  text = String(text);
  if (!text.includes(":") || /[^\da-fA-F:.]/.test(text)) return false;
  try { return new URL("http://[" + text + "]/").hostname !== ""; } catch { return false; }
};
const real = module_ === "net" ? { isIPv4, isIPv6, isIP: (text) => (isIPv4(text) ? 4 : isIPv6(text) ? 6 : 0) } : {};
module.exports = Object.create(new Proxy(real, {
  get: (target, key) => (typeof key === "symbol" || key === "__esModule" || key in target ? target[key] : absent(module_ + "." + key)),
}));
`
	return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
}
