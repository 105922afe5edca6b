package build

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func tableText(rows []Row, style TableStyle) string {
	var b strings.Builder
	Table(&b, rows, style)
	return b.String()
}

func pathRows(n int, format string, ms ...int) []PathRow {
	var out []PathRow
	for i := range n {
		p := PathRow{Path: fmt.Sprintf(format, i+1)}
		if i < len(ms) {
			p.Duration = time.Duration(ms[i]) * time.Millisecond
		}
		out = append(out, p)
	}
	return out
}

func TestTable(t *testing.T) {
	isr := func(list []PathRow, r, e int) []PathRow {
		for i := range list {
			list[i].Revalidate, list[i].Expire = r, e
		}
		return list
	}
	tests := []struct {
		name  string
		rows  []Row
		style TableStyle
		want  string
	}{
		{"one row", []Row{{Route: "/", Symbol: StaticSymbol, Size: 845, FirstLoad: 70123}}, TableStyle{}, `
Route (pages)   Size  First Load JS
─ ○ /          845 B        70.1 kB

○  (Static)  HTML made by the build
`},
		{"middleware", []Row{{Route: "/", Symbol: StaticSymbol, Size: -1, FirstLoad: -1}}, TableStyle{Middleware: true}, `
Route (pages)
─ ○ /

ƒ Proxy (Middleware)

○  (Static)   HTML made by the build
ƒ  (Dynamic)  made for each request
`},
		{"all kinds", []Row{
			{Route: "/ssr", Symbol: DynamicSymbol, Size: 1230, FirstLoad: 71000},
			{Route: "/posts/[slug]", Symbol: SSGSymbol, Size: 2000, FirstLoad: 72000, Revalidate: 10, Expire: 31536000, Paths: isr(pathRows(2, "/posts/%d"), 10, 31536000)},
			{Route: "/", Symbol: StaticSymbol, Size: 0, FirstLoad: 70000, Duration: 1500 * time.Millisecond},
			{Route: "/_app", Symbol: NoSymbol, Size: 0, FirstLoad: 69000},
			{Route: "/404", Symbol: StaticSymbol, Size: 190, FirstLoad: 69190},
			{Route: "/api/q", Symbol: DynamicSymbol, Size: -1, FirstLoad: -1},
			{Route: "/isr/x", Symbol: SSGSymbol, Size: 300, FirstLoad: 69300, Revalidate: 3600, Expire: 31536000},
		}, TableStyle{Shared: 69000}, `
Route (pages)                     Size  First Load JS  Revalidate  Expire
┌ ○ / (1500 ms)                    0 B        70.0 kB
├   /_app                          0 B        69.0 kB
├ ○ /404                         190 B        69.2 kB
├ ƒ /api/q
├ ● /isr/x                       300 B        69.3 kB          1h      1y
├   /posts/[slug]              2.00 kB        72.0 kB         10s      1y
│ ├ ● /posts/1
│ └ ● /posts/2
└ ƒ /ssr                       1.23 kB        71.0 kB
+ First Load JS shared by all                 69.0 kB

○  (Static)   HTML made by the build
●  (SSG)      HTML and data made by the build (uses getStaticProps)
   (ISR)      made again in the background when older than Revalidate
ƒ  (Dynamic)  made for each request
`},
		{"four and five paths", []Row{
			{Route: "/a/[x]", Symbol: SSGSymbol, Size: -1, FirstLoad: -1, Paths: pathRows(4, "/a/%d")},
			{Route: "/b/[x]", Symbol: SSGSymbol, Size: -1, FirstLoad: -1, Paths: pathRows(5, "/b/%d")},
		}, TableStyle{}, `
Route (pages)
┌   /a/[x]
│ ├ ● /a/1
│ ├ ● /a/2
│ ├ ● /a/3
│ └ ● /a/4
└   /b/[x]
  ├ ● /b/1
  ├ ● /b/2
  ├ ● /b/3
  └ ● [+2 more paths]

●  (SSG)  HTML and data made by the build (uses getStaticProps)
`},
		{"slow paths", []Row{
			{Route: "/a/[x]", Symbol: SSGSymbol, Size: -1, FirstLoad: -1, Paths: pathRows(10, "/a/%d", 100, 350, 2500, 200)},
		}, TableStyle{}, `
Route (pages)
─   /a/[x] (3150 ms)
  ├ ● /a/3 (2500 ms)
  ├ ● /a/2 (350 ms)
  ├ ● /a/1
  ├ ● /a/4
  ├ ● /a/5
  ├ ● /a/6
  ├ ● /a/7
  └ ● [+3 more paths]

●  (SSG)  HTML and data made by the build (uses getStaticProps)
`},
		{"slow rest and own times", []Row{
			{Route: "/a/[x]", Symbol: SSGSymbol, Size: -1, FirstLoad: -1, Revalidate: 5,
				Paths: append(pathRows(9, "/a/%d", 900, 900, 900, 900, 900, 900, 900, 900, 900)[:8], PathRow{Path: "/a/9", Revalidate: 90, Duration: 950 * time.Millisecond})},
		}, TableStyle{}, `
Route (pages)                       Revalidate
─   /a/[x] (8150 ms)                        5s
  ├ ● /a/9 (950 ms)                        ≈2m
  ├ ● /a/1 (900 ms)
  ├ ● /a/2 (900 ms)
  ├ ● /a/3 (900 ms)
  ├ ● /a/4 (900 ms)
  ├ ● /a/5 (900 ms)
  ├ ● /a/6 (900 ms)
  └ ● [+2 more paths] (avg 900 ms)

●  (SSG)  HTML and data made by the build (uses getStaticProps)
   (ISR)  made again in the background when older than Revalidate
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, want := tableText(tt.rows, tt.style), strings.TrimPrefix(tt.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// Colours change no column: without them the text is the same.
func TestTableColor(t *testing.T) {
	rows := []Row{
		{Route: "/", Symbol: StaticSymbol, Size: 1, FirstLoad: 129_999, Duration: 400 * time.Millisecond},
		{Route: "/é", Symbol: StaticSymbol, Size: 1, FirstLoad: 150_000, Duration: 1400 * time.Millisecond},
		{Route: "/z", Symbol: SSGSymbol, Size: 1, FirstLoad: 1_500_000, Duration: 2400 * time.Millisecond, Revalidate: 60},
	}
	colored := tableText(rows, TableStyle{Color: true})
	for _, code := range []string{ansiUnderline, ansiGreen, ansiYellow, ansiRed, ansiRedBold} {
		if !strings.Contains(colored, code) {
			t.Errorf("no %q", code)
		}
		colored = strings.ReplaceAll(colored, code, "")
	}
	if plain := tableText(rows, TableStyle{}); strings.ReplaceAll(colored, ansiReset, "") != plain {
		t.Errorf("got\n%s\nwant\n%s", colored, plain)
	}
}

func TestSizeText(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.00 kB", 9994: "9.99 kB", 9996: "10.0 kB",
		99949: "99.9 kB", 99951: "100 kB", 999499: "999 kB", 999500: "1.0 MB", 12345678: "12.3 MB"} {
		if got := sizeText(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

func TestTimeText(t *testing.T) {
	for n, want := range map[int]string{1: "1s", 59: "59s", 60: "1m", 90: "≈2m", 300: "5m", 3600: "1h", 86400: "1d",
		90000: "25h", 604800: "1w", 864000: "10d", 31536000: "1y", 2592000: "30d", 700000: "≈1w"} {
		if got := timeText(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

func TestCompareRoutes(t *testing.T) {
	want := []string{"/", "/_app", "/.hid", "/[id]", "/404", "/a", "/a-b", "/a/[x]", "/a/b", "/ab", "/b", "/B"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortStableFunc(got, compareRoutes)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
