package transform

import (
	"encoding/json"
	"strings"

	tsgo "github.com/microsoft/typescript-go/onward"
)

// AsyncCommonJS turns a bundled ES module, which may await at its top level, into
// a CommonJS module whose exports are a promise of what it exports. ok is false
// for what bundlers do not put out.
func AsyncCommonJS(source string) (code string, ok bool) {
	m := Parse("bundle.js", source)
	if !m.Valid {
		return "", false
	}
	var edits Edits
	var imports, exports strings.Builder
	for _, s := range m.statements() {
		switch s.Kind {
		case tsgo.KindImportDeclaration:
			d := s.AsImportDeclaration()
			specifier, err := json.Marshal(d.ModuleSpecifier.Text())
			if err != nil {
				return "", false
			}
			from := "require(" + string(specifier) + ")"
			if d.ImportClause == nil {
				imports.WriteString(from + ";")
			} else {
				if name := d.ImportClause.Name(); name != nil {
					imports.WriteString("const " + name.Text() + "=__default(" + from + ");")
				}
				for _, b := range importBindings(s) {
					switch {
					case b.Kind == tsgo.KindNamespaceImport:
						imports.WriteString("const " + b.Name().Text() + "=" + from + ";")
					case b.Kind != tsgo.KindImportSpecifier: // the default, told already
					case b.PropertyNameOrName().Text() == "default":
						imports.WriteString("const " + b.Name().Text() + "=__default(" + from + ");")
					default:
						imports.WriteString("const{" + b.PropertyNameOrName().Text() + ":" + b.Name().Text() + "}=" + from + ";")
					}
				}
			}
			edits.Remove(m.start(s), s.End())
		case tsgo.KindExportDeclaration:
			d := s.AsExportDeclaration()
			if d.ModuleSpecifier != nil || d.ExportClause == nil || d.ExportClause.Kind != tsgo.KindNamedExports {
				return "", false
			}
			for _, e := range d.ExportClause.Elements() {
				name, err := json.Marshal(e.Name().Text())
				if err != nil {
					return "", false
				}
				exports.WriteString(string(name) + ":" + e.PropertyNameOrName().Text() + ",")
			}
			edits.Remove(m.start(s), s.End())
		default:
			if s.Kind == tsgo.KindExportAssignment || tsgo.IsExported(s) {
				return "", false
			}
		}
	}
	return `const __default=(m)=>m&&m.__esModule&&"default"in m?m.default:m;module.exports=(async()=>{` + imports.String() +
		edits.Apply(source, "") + "\nreturn{" + exports.String() + "}})();\n", true
}
