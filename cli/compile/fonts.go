package compile

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/cli/transform"
	"github.com/onwardjs/onward/internal/diag"
)

// fontNamespace holds the result of each next/font call, by an id made of the
// call; fontStyleNamespace its CSS.
const (
	fontNamespace      = "onward-font"
	fontStyleNamespace = "onward-font-css"
)

// fonts evaluates next/font calls: it downloads or copies the files, and makes
// the CSS and the object that the call returns.
type fonts struct {
	b      *build
	client *http.Client
	list   sync.Map // id → *font
}

// font is one evaluated call.
type font struct {
	call transform.FontCall
	file string // absolute path of the module that calls

	once    sync.Once
	css     string
	module  string
	problem *diag.Message
	// files are those of a local font, absolute paths.
	files []string
	// preload are the files that pages with this font load early.
	preload []string
	// metrics of the file that stands for the family; nil when unknown.
	metrics *fontMetrics
}

func newFonts(b *build) *fonts {
	return &fonts{b: b, client: &http.Client{Timeout: 10 * time.Second}}
}

// module registers a call and returns the import path that stands for it.
func (f *fonts) module(file string) func(transform.FontCall) string {
	return func(call transform.FontCall) string {
		data, _ := json.Marshal(call.Options) // literals always marshal
		sum := sha256.Sum256([]byte(fmt.Sprint(call.Google, "\x00", call.Loader, "\x00", call.Name, "\x00", f.b.report.show(file), "\x00", string(data))))
		id := hex.EncodeToString(sum[:6])
		f.list.LoadOrStore(id, &font{call: call, file: file})
		return fontNamespace + ":" + id
	}
}

func (f *fonts) plugin(browser bool) api.Plugin {
	return api.Plugin{Name: "fonts", Setup: func(pb api.PluginBuild) {
		for _, ns := range []string{fontNamespace, fontStyleNamespace} {
			pb.OnResolve(api.OnResolveOptions{Filter: `^` + ns + `:`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
				return api.OnResolveResult{Path: strings.TrimPrefix(args.Path, ns+":"), Namespace: ns}, nil
			})
		}
		pb.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: fontNamespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			x := f.load(args.Path)
			if x.problem != nil {
				return refuseLoad(x.problem), nil
			}
			text := x.module
			if browser {
				text = "import " + quoteJS(fontStyleNamespace+":"+args.Path) + ";\n" + text
			}
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
		})
		pb.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: fontStyleNamespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			x := f.load(args.Path)
			return api.OnLoadResult{Contents: &x.css, Loader: api.LoaderCSS}, nil
		})
		// The URLs in that CSS are final.
		pb.OnResolve(api.OnResolveOptions{Filter: `.`, Namespace: fontStyleNamespace}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: args.Path, External: true}, nil
		})
	}}
}

func (f *fonts) load(id string) *font {
	v, ok := f.list.Load(id)
	if !ok {
		return &font{problem: diag.Errorf("font", "no font %s", id)}
	}
	x := v.(*font)
	x.once.Do(func() {
		if x.call.Google {
			f.google(x, id)
		} else {
			f.local(x, id)
		}
	})
	return x
}

// files of the local font with an id, absolute paths.
func (f *fonts) files(id string) []string {
	if _, ok := f.list.Load(id); !ok {
		return nil
	}
	return f.load(id).files
}

// forget has local fonts read anew.
func (f *fonts) forget() {
	f.list.Range(func(id, v any) bool {
		if x := v.(*font); !x.call.Google {
			f.list.Store(id, &font{call: x.call, file: x.file})
		}
		return true
	})
}

// fontOptions are the options of both loaders that have one meaning.
type fontOptions struct {
	Weight   stringOrList `json:"weight"`
	Style    stringOrList `json:"style"`
	Subsets  []string     `json:"subsets"`
	Axes     []string     `json:"axes"`
	Display  string       `json:"display"`
	Variable string       `json:"variable"`
	Preload  *bool        `json:"preload"`
	Fallback []string     `json:"fallback"`
	// AdjustFontFallback is a bool (google) or a font name or false (local).
	AdjustFontFallback any `json:"adjustFontFallback"`
	Src                any `json:"src"`
	Declarations       []struct{ Prop, Value string }
}

// stringOrList accepts "400", 400 and ["400", "700"].
type stringOrList []string

func (s *stringOrList) UnmarshalJSON(data []byte) error {
	var list []any
	if json.Unmarshal(data, &list) != nil {
		var one any
		if err := json.Unmarshal(data, &one); err != nil {
			return err
		}
		list = []any{one}
	}
	*s = nil
	for _, v := range list {
		*s = append(*s, fmt.Sprint(v))
	}
	return nil
}

func (f *fonts) options(x *font) (fontOptions, bool) {
	var o fontOptions
	data, err := json.Marshal(x.call.Options)
	if err == nil {
		err = json.Unmarshal(data, &o)
	}
	if err != nil {
		x.problem = f.problem(x, "the options of font %s are not what next/font takes: %v", x.call.Name, err)
		return o, false
	}
	if o.Display == "" {
		o.Display = "swap"
	}
	if o.Variable != "" && !strings.HasPrefix(o.Variable, "--") {
		x.problem = f.problem(x, "variable of font %s must begin with --", x.call.Name)
		return o, false
	}
	return o, true
}

func (f *fonts) problem(x *font, format string, args ...any) *diag.Message {
	m := diag.Errorf("font", format, args...)
	if source, err := os.ReadFile(x.file); err == nil {
		return m.At(f.b.report.show(x.file), string(source), x.call.At)
	}
	m.File = f.b.report.show(x.file)
	return m
}

// finish makes the classes and the module from the @font-face rules.
func (f *fonts) finish(x *font, id, family, faces string, o fontOptions) {
	families := []string{"'" + family + "'"}
	if o.AdjustFontFallback != false {
		local, width := "Arial", arialWidth
		if name, _ := o.AdjustFontFallback.(string); name == "Times New Roman" || name == "" && x.call.Google && x.metrics != nil && x.metrics.serif {
			local, width = "Times New Roman", timesWidth
		}
		fallback, fitted := family+" Fallback", ""
		if x.metrics != nil {
			fitted = x.metrics.fallbackDescriptors(width)
		}
		faces += "@font-face{font-family:'" + fallback + "';src:local(\"" + local + "\")" + fitted + "}\n"
		families = append(families, "'"+fallback+"'")
	}
	families = append(families, o.Fallback...)
	stack := strings.Join(families, ", ")
	style := map[string]any{"fontFamily": stack}
	rule := "font-family:" + stack
	if len(o.Weight) == 1 && !strings.ContainsAny(o.Weight[0], " ") && o.Weight[0] != "variable" {
		rule += ";font-weight:" + o.Weight[0]
		if n, err := strconv.Atoi(o.Weight[0]); err == nil {
			style["fontWeight"] = n
		}
	}
	if len(o.Style) == 1 || len(o.Style) == 0 && x.call.Google {
		s := "normal"
		if len(o.Style) == 1 {
			s = o.Style[0]
		}
		rule += ";font-style:" + s
		style["fontStyle"] = s
	}
	short := id[:6]
	result := map[string]any{"className": "__className_" + short, "style": style}
	css := faces + ".__className_" + short + "{" + rule + "}\n"
	if o.Variable != "" {
		result["variable"] = "__variable_" + short
		css += ".__variable_" + short + "{" + o.Variable + ":" + stack + "}\n"
	}
	data, _ := json.Marshal(result) // strings and numbers always marshal
	x.css, x.module = css, "export default "+string(data)+";\n"
}

// fontSource is one file of a local font.
type fontSource struct{ Path, Weight, Style string }

// distance is how far a file is from the ordinary one of its family, upright with
// weight 400.
func (s fontSource) distance() int {
	d := 0
	if first, _, _ := strings.Cut(s.Weight, " "); first == "bold" {
		d = 300
	} else if n, err := strconv.Atoi(first); err == nil {
		d = max(n-400, 400-n)
	}
	if s.Style == "italic" {
		d++
	}
	return d
}

// emit writes a font file and returns its URL. As in Next.js its name tells what
// the document says of it: -s when the fallback is fitted to it, .p when it is
// preloaded.
func (f *fonts) emit(x *font, name, ext string, data []byte, o fontOptions, preload bool) string {
	if o.AdjustFontFallback != false {
		name += "-s"
	}
	if preload = preload && (o.Preload == nil || *o.Preload); preload {
		name += ".p"
	}
	path := "static/media/" + name + "." + hex.EncodeToString(f.b.sum(data)[:4]) + ext
	f.b.out.write(path, data)
	if preload && !slices.Contains(x.preload, path) {
		x.preload = append(x.preload, path)
	}
	return f.b.assetPrefix() + "/_next/" + path
}

// preloads lists the files to preload for the modules in inputs, and whether any
// of them is a font.
func (f *fonts) preloads(inputs []string) (files []string, found bool) {
	for _, input := range inputs {
		id, isFont := strings.CutPrefix(input, fontNamespace+":")
		if !isFont {
			continue
		}
		found = true
		for _, file := range f.load(id).preload {
			if !slices.Contains(files, file) {
				files = append(files, file)
			}
		}
	}
	return files, found
}

// local serves next/font/local.
func (f *fonts) local(x *font, id string) {
	o, ok := f.options(x)
	if !ok {
		return
	}
	var list []fontSource
	switch src := o.Src.(type) {
	case string:
		list = []fontSource{{Path: src}}
	case []any:
		data, _ := json.Marshal(src)
		if json.Unmarshal(data, &list) != nil {
			list = nil
		}
	}
	if len(list) == 0 {
		x.problem = f.problem(x, "font %s has no src", x.call.Name).WithHint(`give a path, or a list of {path, weight, style}: src: "./my-font.woff2"`)
		return
	}
	var faces strings.Builder
	nearest := -1
	for _, s := range list {
		file := filepath.Join(filepath.Dir(x.file), filepath.FromSlash(s.Path))
		x.files = append(x.files, file)
		data, err := os.ReadFile(file)
		if err != nil {
			x.problem = f.problem(x, "Module not found: can't resolve '%s'", s.Path).WithHint("the path of a local font is relative to the file that loads it")
			return
		}
		format, ok := fontFormats[strings.ToLower(filepath.Ext(file))]
		if !ok {
			x.problem = f.problem(x, "%s is not a font file that browsers load", s.Path).WithHint("use .woff2, .woff, .ttf, .otf or .eot")
			return
		}
		if d := s.distance(); nearest < 0 || d < nearest {
			// A file that cannot be read gives no metrics; browsers may still load it.
			nearest = d
			x.metrics, _ = readFontMetrics(data)
		}
		emitted := f.emit(x, strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)), filepath.Ext(file), data, o, true)
		fmt.Fprintf(&faces, "@font-face{font-family:'%s';src:url(%s) format('%s');font-display:%s", x.call.Name, quoteJS(emitted), format, o.Display)
		if w := cmp.Or(s.Weight, strings.Join(o.Weight, " ")); w != "" {
			faces.WriteString(";font-weight:" + w)
		}
		if st := cmp.Or(s.Style, strings.Join(o.Style, " ")); st != "" {
			faces.WriteString(";font-style:" + st)
		}
		for _, d := range o.Declarations {
			faces.WriteString(";" + d.Prop + ":" + d.Value)
		}
		faces.WriteString("}\n")
	}
	f.finish(x, id, x.call.Name, faces.String(), o)
}

var fontFormats = map[string]string{".woff2": "woff2", ".woff": "woff", ".ttf": "truetype", ".otf": "opentype", ".eot": "embedded-opentype"}

// google serves next/font/google: the style sheet and the font files are
// downloaded once and served by the app itself. Without the network, and with
// nothing in the cache, the page gets the fallback fonts and the build a warning.
func (f *fonts) google(x *font, id string) {
	o, ok := f.options(x)
	if !ok {
		return
	}
	family := strings.ReplaceAll(x.call.Loader, "_", " ")
	css, err := f.googleStyles(family, o)
	if err == nil {
		css, err = f.selfHost(x, css, o)
	}
	if err != nil {
		m := f.problem(x, "the font %s could not be loaded from Google Fonts, so the page shows its fallback: %v", family, err).
			WithHint("build where fonts.googleapis.com can be reached, or use next/font/local")
		m.Severity = diag.Warning
		f.b.report.add(m)
		css = ""
	}
	f.finish(x, id, family, css, o)
}

// googleStyles asks Google Fonts for the @font-face rules. A variable font
// has a range of weights that only Google knows, so the usual ones are tried from
// the widest.
func (f *fonts) googleStyles(family string, o fontOptions) (string, error) {
	ranges := []string{"100..900", "200..900", "100..800", "200..800", "300..900", "300..800", "300..700", "400..900", "400..800", "400..700", "400"}
	if len(o.Weight) > 0 && o.Weight[0] != "variable" {
		ranges = []string{strings.Join(o.Weight, ";")}
	}
	var last error
	for _, r := range ranges {
		css, err := f.get(googleURL(family, strings.Split(r, ";"), o.Style, o.Display))
		if err == nil {
			return string(css), nil
		}
		last = err
		if !errors.Is(err, statusError(http.StatusBadRequest)) {
			return "", err
		}
	}
	return "", last
}

// googleURL is the address of a family's style sheet.
func googleURL(family string, weights, styles []string, display string) string {
	axis := "wght@"
	slices.Sort(weights)
	var values []string
	italic, normal := slices.Contains(styles, "italic"), len(styles) == 0 || slices.Contains(styles, "normal")
	if italic {
		axis = "ital,wght@"
		if normal {
			for _, w := range weights {
				values = append(values, "0,"+w)
			}
		}
		for _, w := range weights {
			values = append(values, "1,"+w)
		}
	} else {
		values = weights
	}
	return "https://fonts.googleapis.com/css2?family=" + strings.ReplaceAll(url.QueryEscape(family), "%20", "+") + ":" + axis + strings.Join(values, ";") + "&display=" + display
}

var fontURL = regexp.MustCompile(`url\((https://fonts\.gstatic\.com/[^)\s]+)\)`)

// selfHost replaces the addresses of font files by files of the build. Google
// writes the name of its subset above each.
func (f *fonts) selfHost(x *font, css string, o fontOptions) (string, error) {
	var out strings.Builder
	for at, subset := 0, ""; ; {
		m := fontURL.FindStringSubmatchIndex(css[at:])
		if m == nil {
			out.WriteString(css[at:])
			return out.String(), nil
		}
		before, address := css[at:at+m[0]], css[at+m[2]:at+m[3]]
		if i := strings.LastIndex(before, "/*"); i >= 0 {
			name, _, _ := strings.Cut(before[i+len("/*"):], "*/")
			subset = strings.TrimSpace(name)
		}
		data, err := f.get(address)
		if err != nil {
			return "", err
		}
		wanted := slices.Contains(o.Subsets, subset)
		if x.metrics == nil && (wanted || subset == "latin") {
			// A file that cannot be read gives no metrics.
			x.metrics, _ = readFontMetrics(data)
		}
		sum := sha256.Sum256(data)
		name := f.emit(x, hex.EncodeToString(sum[:8]), filepath.Ext(address), data, o, wanted)
		out.WriteString(before + "url(" + quoteJS(name) + ")")
		at += m[1]
	}
}

// statusError is an HTTP status other than 200.
type statusError int

func (s statusError) Error() string { return "status " + strconv.Itoa(int(s)) }

// largestFont bounds a downloaded file.
const largestFont = 32 << 20

// get downloads address, or takes it from the cache folder.
func (f *fonts) get(address string) ([]byte, error) {
	cached := ""
	if f.b.opt.CacheDir != "" {
		sum := sha256.Sum256([]byte(address))
		cached = filepath.Join(f.b.opt.CacheDir, "fonts", hex.EncodeToString(sum[:12]))
		if data, err := os.ReadFile(cached); err == nil {
			return data, nil
		}
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	// Google chooses the format by the browser.
	req.Header.Set("User-Agent", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36")
	res, err := f.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, statusError(res.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, largestFont))
	if err != nil || cached == "" {
		return data, err
	}
	if err := os.MkdirAll(filepath.Dir(cached), 0o755); err != nil {
		return nil, err
	}
	return data, os.WriteFile(cached, data, 0o644)
}
