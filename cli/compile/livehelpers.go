package compile

import (
	"regexp"
	"strings"
)

// helperModule is the module of the functions that esbuild would write on top of
// each module.
const helperModule = liveNamespace + ":" + helperPath

// liveNamespace holds modules that only Live has.
const (
	liveNamespace = "onward-live"
	helperPath    = "esm"
	startPath     = "start"
)

// helperCode translates between ES modules and CommonJS. Unlike esbuild's own, an ES
// module is one object, in circles of imports and behind `export *` too.
const helperCode = `var __create = Object.create, __defProp = Object.defineProperty, __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames, __getProtoOf = Object.getPrototypeOf, __hasOwnProp = Object.prototype.hasOwnProperty;
var __export = (target, all) => {
  for (var name in all) __defProp(target, name, { get: all[name], enumerable: true, configurable: true });
};
var __copyProps = (to, from, except) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from)) {
      let desc;
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable, configurable: true });
    }
  }
  return to;
};
var __reExport = (target, mod, second) => {
  __copyProps(target, mod, "default");
  if (second && second !== target) __copyProps(second, mod, "default");
};
var made = new WeakMap();
var namespace = (mod) => {
  var known = mod != null && made.get(Object(mod));
  if (known) return known;
  var target = mod != null ? __create(__getProtoOf(mod)) : {};
  __copyProps(__defProp(target, "default", { value: mod, enumerable: true }), mod);
  if (mod !== null && (typeof mod === "object" || typeof mod === "function")) made.set(mod, target);
  return target;
};
var __toESM = (mod, isNodeMode) => !isNodeMode && mod && mod.__esModule ? mod : namespace(mod);
var __toESMNode = (mod) => mod && mod.__esModule && mod[Symbol.for("onward.esm")] ? mod : namespace(mod);
var __toCommonJS = (mod) => {
  __defProp(mod, "__esModule", { value: true });
  return __defProp(mod, Symbol.for("onward.esm"), { value: true });
};
module.exports = { __create, __defProp, __getOwnPropDesc, __getOwnPropNames, __getProtoOf, __hasOwnProp, __export, __copyProps, __reExport, __toESM, __toESMNode, __toCommonJS };
`

// helperNames are the functions of the helper module, by their names in esbuild.
var helperNames = map[string]bool{
	"__create": true, "__defProp": true, "__getOwnPropDesc": true, "__getOwnPropNames": true, "__getProtoOf": true, "__hasOwnProp": true,
	"__export": true, "__copyProps": true, "__reExport": true, "__toESM": true, "__toCommonJS": true,
}

// sharedHelpers are those that modules call; the others only serve them.
var sharedHelpers = []string{"__export", "__copyProps", "__reExport", "__toESM", "__toCommonJS", "__defProp", "__getOwnPropDesc", "__getOwnPropNames", "__getProtoOf", "__hasOwnProp", "__create"}

var preambleName = regexp.MustCompile(`^(?:var|let|const|function) (__\w+)`)

// trim takes off what esbuild writes on top of every module and refers to the
// helper module instead.
func (g *graph) trim(m *module, c *compiled) {
	code := c.code
	at := 0
	if !strings.HasPrefix(code, "// ") {
		i := strings.Index(code, "\n// ")
		if i < 0 {
			return
		}
		at = i + 1
	}
	end := strings.IndexByte(code[at:], '\n')
	if end < 0 {
		return
	}
	preamble, body := code[:at], code[at+end+1:]
	var kept []string
	strict, es, shared, keeping := false, false, false, false
	for line := range strings.Lines(preamble) {
		if name := preambleName.FindStringSubmatch(line); name != nil {
			keeping = !helperNames[name[1]]
			shared = shared || !keeping
			es = es || name[1] == "__toCommonJS"
		} else if strings.HasPrefix(line, `"use strict"`) {
			strict = true
			continue
		}
		if keeping {
			kept = append(kept, strings.TrimRight(line, "\r\n"))
		}
	}
	var head strings.Builder
	if strict || es {
		head.WriteString(`"use strict";`)
	}
	if shared || len(kept) > 0 {
		helper := helperModule
		if !g.browser {
			helper = g.place(helperModule)
		}
		g.module(liveNamespace, helperPath)
		head.WriteString("var {")
		n := 0
		for _, name := range sharedHelpers {
			if !strings.Contains(preamble, "var "+name+" ") || len(kept) == 0 && !strings.Contains(body, name) {
				continue
			}
			if n > 0 {
				head.WriteByte(',')
			}
			n++
			head.WriteString(name)
			if name == "__toESM" && m.esm {
				head.WriteString("Node")
				head.WriteString(":__toESM")
				continue
			}
		}
		head.WriteString("}=require(" + quoteJS(helper) + ");")
	}
	head.WriteByte('\n')
	for _, k := range kept {
		head.WriteString(k)
		head.WriteByte('\n')
	}
	if g.browser {
		body = strings.ReplaceAll(body, `import("`+lazyMark, `require.load("`)
	}
	gone := strings.Count(code[:at+end+1], "\n")
	now := strings.Count(head.String(), "\n")
	c.code = head.String() + body
	if c.mappings != "" {
		if gone >= now && strings.HasPrefix(c.mappings, strings.Repeat(";", gone-now)) {
			c.mappings = c.mappings[gone-now:]
		} else if now > gone {
			c.mappings = strings.Repeat(";", now-gone) + c.mappings
		}
	}
}
