package transform

import (
	"strings"

	tsgo "github.com/microsoft/typescript-go/onward"
)

// MayAskPlace is the cheap test before Places.
func MayAskPlace(source string, names bool) bool {
	return strings.Contains(source, "import.meta") || names && (strings.Contains(source, "__dirname") || strings.Contains(source, "__filename"))
}

// Places makes import.meta.url, and with names __dirname and __filename too, tell
// where the module was before it was bundled: packages read files that lie beside
// them. path is the JavaScript expression of the module's absolute path.
func (m *Module) Places(e *Edits, path string, names bool) {
	if !m.Valid {
		return
	}
	m.bind()
	m.visit(func(n *tsgo.Node) bool {
		switch {
		case n.Kind == tsgo.KindPropertyAccess && n.Expression().Kind == tsgo.KindMetaProperty:
			text := map[string]string{
				"url":      `("file://"+encodeURI(` + path + `))`,
				"filename": path,
				"dirname":  folderOf(path),
			}[n.Name().Text()]
			if text != "" {
				e.Replace(m.start(n), n.End(), text)
			}
			return false
		case n.Kind == tsgo.KindIdentifier && names && (n.Text() == "__dirname" || n.Text() == "__filename"):
			if !isReference(n) || m.shadowed(n) || n.Parent.Kind == tsgo.KindTypeOf {
				return true
			}
			text := path
			if n.Text() == "__dirname" {
				text = folderOf(path)
			}
			if n.Parent.Kind == tsgo.KindShorthandProperty {
				text = n.Text() + ":" + text
			}
			e.Replace(m.start(n), n.End(), text)
		}
		return true
	})
}

func folderOf(path string) string { return path + `.replace(/\/[^\/]*$/,"")` }
