package build

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Symbol says how a route is rendered.
type Symbol rune

const (
	NoSymbol      Symbol = ' ' // _app; the zero value means it too
	StaticSymbol  Symbol = '○' // HTML without data
	SSGSymbol     Symbol = '●' // getStaticProps
	DynamicSymbol Symbol = 'ƒ' // for each request; API routes
)

// Row is one route of the table.
type Row struct {
	Route  string
	Symbol Symbol
	// Size is the gzip size in bytes of the JavaScript that only this page
	// loads, FirstLoad of all that it loads. Negative: the route has none.
	Size, FirstLoad int64
	// Revalidate and Expire in seconds; 0 means never. For a route with Paths
	// they are those that all paths have.
	Revalidate, Expire int
	// Duration of rendering, without that of Paths.
	Duration time.Duration
	// Paths are the pages made of a dynamic route, in order.
	Paths []PathRow
}

// PathRow is one page made of a dynamic route.
type PathRow struct {
	Path               string
	Revalidate, Expire int
	Duration           time.Duration
}

// TableStyle says how Table may write.
type TableStyle struct {
	// Color turns on ANSI colours.
	Color bool
	// Shared is the gzip size in bytes of the JavaScript that all pages load;
	// 0 leaves the line out.
	Shared int64
	// Middleware adds a line for it.
	Middleware bool
}

// slow is how long rendering may take before the table tells it.
const slow = 300 * time.Millisecond

// cell is text with the ANSI code to paint it in.
type cell struct{ text, paint string }

// tableLine is one line: the left part and the right-aligned columns.
type tableLine struct {
	left  []cell
	right [4]cell
}

// Table writes the routes of a build as a tree with their sizes and times, and
// below it a legend of the symbols that occur. Columns that no route uses are left
// out. Rows may come in any order.
func Table(w io.Writer, rows []Row, style TableStyle) {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b Row) int { return compareRoutes(a.Route, b.Route) })
	t := table{used: map[Symbol]bool{}}
	head := tableLine{left: []cell{{"Route (pages)", ansiUnderline}}}
	for i, name := range [4]string{"Size", "First Load JS", "Revalidate", "Expire"} {
		head.right[i] = cell{name, ansiUnderline}
	}
	t.lines = append(t.lines, head)
	for i := range rows {
		t.route(&rows[i], i, len(rows))
	}
	if style.Shared > 0 {
		t.lines = append(t.lines, tableLine{
			left:  []cell{{text: "+ First Load JS shared by all"}},
			right: [4]cell{1: {text: sizeText(style.Shared)}},
		})
	}
	t.write(w, style.Color)
	if style.Middleware {
		t.used[DynamicSymbol] = true
		fmt.Fprintf(w, "\n%c Proxy (Middleware)\n", DynamicSymbol)
	}
	t.legend(w)
}

type table struct {
	lines []tableLine
	used  map[Symbol]bool
	isr   bool
}

func (t *table) route(r *Row, i, n int) {
	border, continued := "├", "│"
	switch {
	case n == 1:
		border, continued = "─", " "
	case i == 0:
		border = "┌"
	case i == n-1:
		border, continued = "└", " "
	}
	symbol := cmp.Or(r.Symbol, NoSymbol)
	total := r.Duration
	for _, p := range r.Paths {
		total += p.Duration
	}
	if len(r.Paths) > 0 {
		symbol = NoSymbol // its pages carry it
	} else {
		t.used[symbol] = true
	}
	line := tableLine{left: []cell{{text: fmt.Sprintf("%s %c %s", border, symbol, r.Route)}}}
	line.left = append(line.left, durationCells(total, "")...)
	if r.Size >= 0 && r.FirstLoad >= 0 {
		line.right[0] = cell{text: sizeText(r.Size)}
		line.right[1] = cell{sizeText(r.FirstLoad), loadPaint(r.FirstLoad)}
	}
	t.times(&line, r.Revalidate, r.Expire)
	t.lines = append(t.lines, line)
	t.paths(r, continued)
}

func (t *table) times(line *tableLine, revalidate, expire int) {
	if revalidate <= 0 {
		return
	}
	t.isr = true
	line.right[2] = cell{text: timeText(revalidate)}
	if expire > 0 {
		line.right[3] = cell{text: timeText(expire)}
	}
}

// paths lists the first pages of a dynamic route; when some were slow, the
// slowest. One page more is shown where naming it takes no more room than
// counting it.
func (t *table) paths(r *Row, continued string) {
	if len(r.Paths) == 0 {
		return
	}
	list, most := r.Paths, 3
	anySlow := slices.ContainsFunc(list, func(p PathRow) bool { return p.Duration > slow })
	if anySlow {
		most = 7
		list = slices.Clone(list)
		slices.SortStableFunc(list, func(a, b PathRow) int {
			if a.Duration <= slow && b.Duration <= slow {
				return 0
			}
			return cmp.Compare(b.Duration, a.Duration)
		})
	}
	if len(list) == most+1 {
		most++
	}
	shown := list[:min(most, len(list))]
	t.used[r.Symbol] = true
	for i, p := range shown {
		inner := "├"
		if i == len(list)-1 {
			inner = "└"
		}
		line := tableLine{left: []cell{{text: fmt.Sprintf("%s %s %c %s", continued, inner, r.Symbol, p.Path)}}}
		line.left = append(line.left, durationCells(p.Duration, "")...)
		if p.Revalidate != r.Revalidate || p.Expire != r.Expire {
			t.times(&line, p.Revalidate, p.Expire)
		}
		t.lines = append(t.lines, line)
	}
	rest := list[len(shown):]
	if len(rest) == 0 {
		return
	}
	line := tableLine{left: []cell{{text: fmt.Sprintf("%s └ %c [+%d more paths]", continued, r.Symbol, len(rest))}}}
	if anySlow {
		var sum time.Duration
		for _, p := range rest {
			sum += p.Duration
		}
		line.left = append(line.left, durationCells(sum/time.Duration(len(rest)), "avg ")...)
	}
	t.lines = append(t.lines, line)
}

// write aligns the lines and leaves out columns that hold only their name.
func (t *table) write(w io.Writer, color bool) {
	leftWidth := 0
	var widths [4]int
	for i, line := range t.lines {
		leftWidth = max(leftWidth, cellsWidth(line.left))
		for c := range line.right {
			if n := width(line.right[c].text); i > 0 && n > 0 {
				widths[c] = max(widths[c], n, width(t.lines[0].right[c].text))
			}
		}
	}
	for _, line := range t.lines {
		var b strings.Builder
		for _, c := range line.left {
			b.WriteString(paintCell(c, color))
		}
		pad := leftWidth - cellsWidth(line.left)
		for c := range line.right {
			if widths[c] == 0 {
				continue
			}
			text := line.right[c].text
			pad += 2 + widths[c] - width(text)
			if text == "" {
				continue
			}
			b.WriteString(strings.Repeat(" ", pad))
			pad = 0
			b.WriteString(paintCell(line.right[c], color))
		}
		fmt.Fprintln(w, b.String())
	}
}

func (t *table) legend(w io.Writer) {
	lines := []struct {
		used   bool
		symbol Symbol
		name   string
		text   string
	}{
		{t.used[StaticSymbol], StaticSymbol, "(Static)", "HTML made by the build"},
		{t.used[SSGSymbol], SSGSymbol, "(SSG)", "HTML and data made by the build (uses getStaticProps)"},
		{t.isr, NoSymbol, "(ISR)", "made again in the background when older than Revalidate"},
		{t.used[DynamicSymbol], DynamicSymbol, "(Dynamic)", "made for each request"},
	}
	nameWidth, any := 0, false
	for _, l := range lines {
		if l.used {
			nameWidth, any = max(nameWidth, len(l.name)), true
		}
	}
	if any {
		fmt.Fprintln(w)
	}
	for _, l := range lines {
		if l.used {
			fmt.Fprintf(w, "%c  %-*s  %s\n", l.symbol, nameWidth, l.name, l.text)
		}
	}
}

const (
	ansiUnderline = "\x1b[4m"
	ansiGreen     = "\x1b[32m"
	ansiYellow    = "\x1b[33m"
	ansiRed       = "\x1b[31m"
	ansiRedBold   = "\x1b[1;31m"
	ansiReset     = "\x1b[0m"
)

func paintCell(c cell, color bool) string {
	if !color || c.paint == "" || c.text == "" {
		return c.text
	}
	return c.paint + c.text + ansiReset
}

func width(s string) int { return utf8.RuneCountInString(s) }

func cellsWidth(cells []cell) int {
	n := 0
	for _, c := range cells {
		n += width(c.text)
	}
	return n
}

// loadPaint: up to 130 kB is good, above 170 kB slow phones suffer.
func loadPaint(n int64) string {
	switch {
	case n < 130_000:
		return ansiGreen
	case n < 170_000:
		return ansiYellow
	}
	return ansiRed
}

func durationCells(d time.Duration, prefix string) []cell {
	if d <= slow {
		return nil
	}
	paint := ansiRedBold
	switch {
	case d < time.Second:
		paint = ansiGreen
	case d < 2*time.Second:
		paint = ansiYellow
	}
	return []cell{{text: " (" + prefix}, {fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds()), paint}, {text: ")"}}
}

// sizeText has three digits: "0 B", "845 B", "1.23 kB", "45.6 kB", "1.2 MB".
func sizeText(n int64) string {
	switch kb := float64(n) / 1000; {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case kb < 9.995:
		return fmt.Sprintf("%.2f kB", kb)
	case kb < 99.95:
		return fmt.Sprintf("%.1f kB", kb)
	case kb < 999.5:
		return fmt.Sprintf("%.0f kB", kb)
	default:
		return fmt.Sprintf("%.1f MB", kb/1000)
	}
}

var timeUnits = []struct {
	name    string
	seconds int
}{{"y", 31536000}, {"w", 604800}, {"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}}

// timeText is a time in its largest unit; weeks and days that are not whole are
// told in the next one, and what is still not whole is rounded.
func timeText(seconds int) string {
	for i, u := range timeUnits {
		if seconds < u.seconds {
			continue
		}
		if seconds%u.seconds != 0 && (u.name == "w" || u.name == "d") && seconds%timeUnits[i+1].seconds == 0 {
			u = timeUnits[i+1]
		}
		if seconds%u.seconds == 0 {
			return fmt.Sprintf("%d%s", seconds/u.seconds, u.name)
		}
		return fmt.Sprintf("≈%d%s", (seconds+u.seconds/2)/u.seconds, u.name)
	}
	return "0s"
}

// routeOrder is the order of characters other than letters and digits, which
// come after them all.
const routeOrder = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$ "

// compareRoutes sorts as dictionaries do: punctuation, digits, letters; case
// counts last.
func compareRoutes(a, b string) int {
	x, y := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	for i := 0; i < len(x) && i < len(y); i++ {
		if c := cmp.Compare(runeRank(x[i]), runeRank(y[i])); c != 0 {
			return c
		}
	}
	if c := cmp.Compare(len(x), len(y)); c != 0 {
		return c
	}
	return -strings.Compare(a, b) // small letters first
}

func runeRank(r rune) int {
	if i := strings.IndexRune(routeOrder, r); i >= 0 {
		return i
	}
	return len(routeOrder) + int(r)
}
