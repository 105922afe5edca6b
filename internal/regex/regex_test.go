package regex

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// execCase is one line of testdata/exec.json: what exec gave in Node.js for an
// expression, its flags and a text.
type execCase struct {
	source, flags, text string
	found               []any // index, then the groups; nil for no match
}

func (c *execCase) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&c.source, &c.flags, &c.text, &c.found})
}

func flags(s string) Options {
	return Options{IgnoreCase: strings.Contains(s, "i"), Multiline: strings.Contains(s, "m"), DotAll: strings.Contains(s, "s")}
}

func TestExec(t *testing.T) {
	b, err := os.ReadFile(file())
	if err != nil {
		t.Fatal(err)
	}
	var cases []execCase
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		r, err := Compile(c.source, flags(c.flags))
		if err != nil {
			t.Errorf("/%s/%s: %v", c.source, c.flags, err)
			continue
		}
		var got []any
		m, ok := r.Exec(c.text)
		if ok != r.Test(c.text) {
			t.Errorf("/%s/%s on %q: Test and Exec disagree", c.source, c.flags, c.text)
		}
		if ok {
			got = append(got, float64(len(utf16.Encode([]rune(c.text[:m.at[0]])))))
			for i := 0; i <= r.Groups(); i++ {
				if text, ok := m.Group(i); ok {
					got = append(got, text)
				} else {
					got = append(got, nil)
				}
			}
		}
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(c.found)
		if string(a) != string(b) {
			t.Errorf("/%s/%s on %q: got %s, want %s", c.source, c.flags, c.text, a, b)
		}
	}
}

func file() string {
	if name := os.Getenv("REGEX_CASES"); name != "" {
		return name
	}
	return "testdata/exec.json"
}

func TestNames(t *testing.T) {
	r := MustCompile(`(a)(?<x>b)(?:c)(?<y_1>d)`, Options{})
	if got := strings.Join(r.Names(), ","); got != ",x,y_1" || r.Groups() != 3 {
		t.Errorf("names %q, groups %d", got, r.Groups())
	}
}

func TestRefused(t *testing.T) {
	for source, want := range map[string]string{
		`(a)\1`:                       "back-references",
		`\k<x>(?<x>a)`:                "back-references",
		`(?<=a)b`:                     "lookbehind",
		`(?<!a)b`:                     "lookbehind",
		`(`:                           "a ( without",
		`a)`:                          "a ) without",
		`[a`:                          "a [ without",
		`[b-a]`:                       "out of order",
		`a{2,1}`:                      "out of order",
		`*a`:                          "nothing to repeat",
		`a**`:                         "nothing to repeat",
		`^*`:                          "nothing to repeat",
		`{1}`:                         "nothing to repeat",
		`a\`:                          "at the end",
		`(?<1>a)`:                     "name",
		`(?<a>a)(?<a>b)`:              "same name",
		`(?i:a)`:                      "not supported",
		`a{1001}`:                     "greater than 1000",
		`(?:(?:a{1000}){1000}){1000}`: "too large",
		strings.Repeat("(", 300):      "too deep",
		strings.Repeat("a", 17000):    "longer than",
		"\xff":                        "UTF-8",
		`(?:[a-c]?[a-d]?[a-e]?){900}`: "too large",
	} {
		_, err := Compile(source, Options{})
		var refused *Error
		if !errors.As(err, &refused) || !strings.Contains(refused.Reason, want) {
			t.Errorf("%.40s: %v, want %q", source, err, want)
		}
	}
}

// Expressions that take exponential or polynomial time where backtracking forgets.
func TestLinear(t *testing.T) {
	for _, source := range []string{
		`^(a+)+$`, `^(a|a)*$`, `^(a|aa)+$`, `^(.*a){12}$`, `^(?:(?=(a+))a)*$`, `^(?:(?=.*!).)*$`, `^(?:(?!.*b!).)*x$`,
		`(a*)*b`, `a*a*a*a*a*b`, `^(?:/((?:[^/]+?)(?:/(?:[^/]+?))*))/$`, `(?=(?:a|a)*!)a*!`, `^((a?)*)*$`,
	} {
		r := MustCompile(source, Options{IgnoreCase: true})
		work := func(n int) time.Duration {
			text := strings.Repeat("a", n) + "b"
			best := time.Hour
			for range 3 {
				begin := time.Now()
				r.Exec(text)
				best = min(best, time.Since(begin))
			}
			return best
		}
		small, large := work(2000), work(16000)
		// Eight times the text: quadratic work would be 64 times as long.
		if large > 30*small && large > 20*time.Millisecond {
			t.Errorf("%s: %v for 2,000 characters, %v for 16,000", source, small, large)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{`^(?:/((?!api|_next/static|favicon.ico).*))(?:/)?$`, `(a)|b{2,3}?[^\d-z]`, `(?<n>\u0041)\b`, `a{,2}(?=b)*`} {
		f.Add(s, "abcA/b")
	}
	f.Fuzz(func(t *testing.T, source, text string) {
		if len(source) > 200 || len(text) > 2000 {
			return
		}
		r, err := Compile(source, Options{IgnoreCase: true})
		if err != nil {
			return
		}
		m, ok := r.Exec(text)
		if ok != r.Test(text) {
			t.Fatal("Test and Exec disagree")
		}
		for i := 0; ok && i <= r.Groups(); i++ {
			m.Group(i)
		}
	})
}

func BenchmarkExec(b *testing.B) {
	r := MustCompile(`^(?:/((?!api|_next/static|_next/image|favicon.ico).*))(?:/)?$`, Options{IgnoreCase: true})
	for b.Loop() {
		r.Exec("/products/shoes/running")
	}
}
