package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// normaliser turns an answer into text in which only real differences remain.
// What it hides, and why:
//   - build ids, hashed file names, host and port, random and time-based values: they
//     differ between any two builds;
//   - the framework's own script, preload and style sheet tags: the file layout
//     is free (spec S010), and layout tests look at it elsewhere;
//   - the bytes of an ETag, but not its kind: any strong hash will do (P036);
//   - the look of the built-in error page, which its users cannot rely on;
//   - in development, what pages that tell of an error look like, the style that hides a
//     page until its style sheets are there, and validators of the framework's scripts;
//   - the order of attributes, except on img, where it matters (P243);
//   - the order and spacing of nothing else.
type normaliser struct {
	buildID   string
	previewID string
	upstream  string
	host      string
	// plain: styles do not count in the present document.
	plain bool
	// dev: the answers are those of a development server.
	dev    bool
	stamps map[string]int
}

// Headers of the connection or of the moment.
var hiddenHeaders = map[string]bool{
	"Connection": true, "Keep-Alive": true, "Date": true, "Transfer-Encoding": true, "Content-Length": true,
}

func (n *normaliser) reply(step Step, r *reply) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d", r.status)
	if !usualMessage(r.status, r.message) {
		b.WriteString(" " + r.message)
	}
	b.WriteByte('\n')
	for _, name := range slices.Sorted(maps.Keys(r.header)) {
		if hiddenHeaders[name] || n.dev && n.freeInDev(name, step, r) {
			continue
		}
		for _, value := range r.header[name] {
			fmt.Fprintf(&b, "%s: %s\n", strings.ToLower(name), n.header(name, value))
		}
	}
	if body := n.body(step, r); body != "" {
		b.WriteString("\n" + body)
	}
	return b.String()
}

// freeInDev says whether a header is a framework's own affair in development: how it
// keeps its scripts from being sent twice, and what pages carry that tell of an error.
func (n *normaliser) freeInDev(name string, step Step, r *reply) bool {
	switch name {
	case "Etag":
		return r.status >= 500 || strings.Contains(step.Target, "/_next/static/")
	case "Accept-Ranges", "Last-Modified", "Vary", "X-Content-Type-Options":
		return strings.Contains(step.Target, "/_next/static/")
	}
	return false
}

// usualMessage tells the standard texts of a status, of which there are two for 416.
func usualMessage(status int, message string) bool {
	return strings.EqualFold(message, http.StatusText(status)) || status == 416 && message == "Range Not Satisfiable"
}

func (n *normaliser) header(name, value string) string {
	switch name {
	case "Etag":
		if strings.HasPrefix(value, "W/") {
			return "weak"
		}
		return "strong"
	case "Last-Modified", "Expires":
		return "a date"
	case "Vary":
		return strings.ToLower(value)
	case "X-Forwarded-Port":
		return n.text(strconv.Quote(value))
	}
	return n.text(value)
}

func (n *normaliser) body(step Step, r *reply) string {
	kind := r.header.Get("Content-Type")
	body := bytes.TrimPrefix(r.body, []byte("\xef\xbb\xbf"))
	switch {
	case len(body) == 0:
		return ""
	case r.status == 200 && strings.Contains(step.Target, "/_next/static/"):
		return fmt.Sprintf("(an asset, empty: %t)\n", len(body) == 0)
	case n.dev && r.status >= 500 && isPage(body):
		return "(a page that tells of an error)\n"
	case isPage(body):
		return n.html(body)
	case len(body) > 20_000:
		return fmt.Sprintf("(%d bytes)\n", len(body))
	case strings.HasPrefix(kind, "application/json"):
		return n.text(indentJSON(body)) + "\n"
	case strings.HasPrefix(kind, "image/png"):
		return fmt.Sprintf("(%d bytes of image)\n", len(body))
	}
	return n.text(strconv.Quote(string(body))) + "\n"
}

// isPage tells HTML documents, whatever their content type says (416 and 412
// answers for files are pages under the file's type).
func isPage(body []byte) bool {
	return len(body) > 9 && strings.EqualFold(string(body[:9]), "<!doctype")
}

func indentJSON(text []byte) string {
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "  "); err != nil {
		return "not JSON: " + strconv.Quote(string(text))
	}
	return b.String()
}

var (
	stamp      = regexp.MustCompile(`stamp-([\w-]+?)-(\d{13})`)
	base64Data = regexp.MustCompile(`base64,[A-Za-z0-9+/=%]{8,}`)
	mediaHash  = regexp.MustCompile(`(_next(?:/|%2F)static(?:/|%2F)media(?:/|%2F)[\w-]+)\.[\w~-]+(\.\w+)`)
	token      = regexp.MustCompile(`\beyJ[\w-]+\.[\w-]+\.[\w-]+`)
	reactID    = regexp.MustCompile(`_[Rr]_\w*_`)
)

// text hides what differs between any two builds or runs.
func (n *normaliser) text(s string) string {
	if n.buildID != "" {
		s = strings.ReplaceAll(s, n.buildID, "BUILD")
	}
	s = strings.ReplaceAll(s, n.host, "HOST")
	if n.upstream != "" {
		s = strings.ReplaceAll(s, n.upstream, "UPSTREAM")
	}
	if _, port, ok := strings.Cut(n.host, ":"); ok {
		s = strings.ReplaceAll(s, strconv.Quote(port), `"PORT"`) // x-forwarded-port
	}
	if n.previewID != "" {
		s = strings.ReplaceAll(s, n.previewID, "PREVIEW")
	}
	s = token.ReplaceAllString(s, "TOKEN")
	s = mediaHash.ReplaceAllString(s, "$1.HASH$2")
	s = base64Data.ReplaceAllString(s, "base64,DATA")
	s = reactID.ReplaceAllString(s, "_R_")
	return stamp.ReplaceAllStringFunc(s, func(found string) string {
		m := stamp.FindStringSubmatch(found)
		if n.stamps == nil {
			n.stamps = map[string]int{}
		}
		if n.stamps[found] == 0 {
			n.stamps[m[1]]++
			n.stamps[found] = n.stamps[m[1]]
		}
		return fmt.Sprintf("stamp-%s-%d", m[1], n.stamps[found])
	})
}

// html prints the document's tree, a node a line.
func (n *normaliser) html(source []byte) string {
	root, err := html.Parse(bytes.NewReader(source))
	if err != nil {
		return "not HTML: " + err.Error() + "\n"
	}
	n.plain = bytes.Contains(source, []byte("next-error-h1"))
	var b strings.Builder
	n.node(&b, root, 0)
	return b.String()
}

func (n *normaliser) node(b *strings.Builder, node *html.Node, depth int) {
	indent := strings.Repeat("  ", depth)
	switch node.Type {
	case html.DoctypeNode:
		b.WriteString("<!doctype " + node.Data + ">\n")
	case html.TextNode:
		fmt.Fprintf(b, "%s%s\n", indent, strconv.QuoteToGraphic(n.text(node.Data)))
	case html.CommentNode:
		fmt.Fprintf(b, "%s<!--%s-->\n", indent, node.Data)
	case html.ElementNode:
		if n.framework(node) {
			return
		}
		b.WriteString(indent + n.tag(node) + "\n")
		if attribute(node, "id") == "__NEXT_DATA__" && node.FirstChild != nil {
			b.WriteString(indentLines(n.text(nextData(node.FirstChild.Data)), indent+"  "))
			return
		}
		depth++
	}
	for child := node.FirstChild; child != nil; child = child.NextSibling {
		n.node(b, child, depth)
	}
}

// framework tells the tags that a framework may lay out as it likes.
func (n *normaliser) framework(node *html.Node) bool {
	own := func(name string) bool { return strings.Contains(attribute(node, name), "/_next/static/") }
	switch node.Data {
	case "script":
		inline := ""
		if node.FirstChild != nil {
			inline = node.FirstChild.Data
		}
		return own("src") || strings.Contains(inline, `"static/chunks/`) || n.dev && strings.Contains(inline, "__nextHmrInitialVersion")
	case "link":
		switch attribute(node, "rel") {
		case "preload", "modulepreload", "prefetch", "stylesheet":
			return own("href") && attribute(node, "as") != "image"
		}
	case "noscript":
		return hasAttribute(node, "data-n-css") || hasAttribute(node, "data-next-hide-fouc") || attribute(node, "id") == "__next_css__DO_NOT_USE__"
	case "style":
		return n.plain || hasAttribute(node, "data-next-hide-fouc")
	}
	return false
}

func (n *normaliser) tag(node *html.Node) string {
	var parts []string
	for _, a := range node.Attr {
		value := n.text(a.Val)
		switch {
		case a.Key == "style" && n.plain:
			continue
		case a.Key == "class":
			value = localClasses(value)
		}
		parts = append(parts, fmt.Sprintf(" %s=%q", a.Key, value))
	}
	if node.Data != "img" {
		slices.Sort(parts)
	}
	return "<" + node.Data + strings.Join(parts, "") + ">"
}

// The shapes of a CSS module's class: hash_local of the reference's default bundler,
// file-module__hash__local of it in development, and file_local__hash of its older one.
var (
	devClass = regexp.MustCompile(`^[\w-]+-module__[\w-]{6,}?__(\w+)$`)
	newClass = regexp.MustCompile(`^[A-Za-z0-9-]{6}_([a-z]\w*)$`)
	oldClass = regexp.MustCompile(`^[\w-]+?_(\w+?)__[\w-]{4,}$`)
)

func localClasses(value string) string {
	classes := strings.Split(value, " ")
	for i, class := range classes {
		for _, shape := range []*regexp.Regexp{devClass, oldClass, newClass} {
			if m := shape.FindStringSubmatch(class); m != nil {
				classes[i] = "local:" + m[1]
				break
			}
		}
	}
	return strings.Join(classes, " ")
}

var dynamicIDs = regexp.MustCompile(`"dynamicIds":\[(?:"[^"]*",?)*\]`)

func nextData(text string) string {
	text = dynamicIDs.ReplaceAllString(text, `"dynamicIds":["HIDDEN"]`)
	return indentJSON([]byte(text))
}

func indentLines(text, indent string) string {
	return indent + strings.ReplaceAll(text, "\n", "\n"+indent) + "\n"
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttribute(node *html.Node, name string) bool {
	return slices.ContainsFunc(node.Attr, func(a html.Attribute) bool { return a.Key == name })
}
