package route

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// The values were printed by a getServerSideProps page of Next.js 16.4.6.
func TestParseQuery(t *testing.T) {
	tests := []struct{ raw, want string }{
		{"", `{}`}, {"&", `{}`}, {"=", `{"":""}`}, {"a", `{"a":""}`}, {"a=", `{"a":""}`}, {"a=b=c", `{"a":"b=c"}`},
		{"a=1&a=2&b=%zz&c", `{"a":["1","2"],"b":"%zz","c":""}`},
		{"a=1+2&%20x=3&a[]=1&=5&&z=%E0%A4%A&y=%41", `{"a":"1 2"," x":"3","a[]":"1","":"5","z":"` + "\ufffd" + `%A","y":"A"}`},
		{"z=%", `{"z":"%"}`}, {"z=%4", `{"z":"%4"}`}, {"z=%ff%fe", `{"z":"` + "\ufffd\ufffd" + `"}`},
		{"z=%F0%9F%98%80", `{"z":"😀"}`}, {"z=%F0%9F%98", `{"z":"` + "\ufffd" + `"}`}, {"z=%ED%A0%80", `{"z":"` + "\ufffd\ufffd\ufffd" + `"}`},
		{"z=%C3", `{"z":"` + "\ufffd" + `"}`}, {"z=%E0%80%80", `{"z":"` + "\ufffd\ufffd\ufffd" + `"}`}, {"z=%F4%90%80", `{"z":"` + "\ufffd\ufffd\ufffd" + `"}`},
		{"__proto__=1&constructor=2&_rsc=x&nxtPa=1&nxtIb=2&__nextLocale=4", `{"constructor":"2","__nextLocale":"4"}`},
		{"a=1&b=2&a=3&b=4&a=5", `{"a":["1","3","5"],"b":["2","4"]}`},
	}
	for _, tt := range tests {
		if got := string(ParseQuery(tt.raw).AppendJSON(nil)); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.raw, got, tt.want)
		}
	}
}

// Many keys take the other way of finding repeats.
func TestParseLongQuery(t *testing.T) {
	var b strings.Builder
	for range 3 {
		for i := range 100 {
			b.WriteString("&k")
			b.WriteByte(byte('0' + i/10))
			b.WriteByte(byte('0' + i%10))
			b.WriteString("=v")
		}
	}
	v := ParseQuery(b.String())
	if len(v) != 100 || v[0].Key != "k00" || v[99].Key != "k99" || len(v[0].List) != 3 || len(v[99].List) != 3 {
		t.Errorf("%d keys, %v", len(v), v[99])
	}
}

func TestAppendQuery(t *testing.T) {
	for raw, want := range map[string]string{
		"a=1&a=2&b=%zz&c":         "a=1&a=2&b=%25zz&c=",
		"a=1+2&%20x=3&a[]=1&=5&&": "a=1+2&+x=3&a%5B%5D=1&=5",
		"q=a*b-c.d_e~f'(!)":       "q=a*b-c.d_e%7Ef%27%28%21%29",
		"":                        "",
	} {
		if got := string(ParseQuery(raw).AppendQuery(nil)); got != want {
			t.Errorf("%q: got %q, want %q", raw, got, want)
		}
	}
}

func FuzzAppendJSONString(f *testing.F) {
	for _, s := range []string{"", "a\"\\\n\x00\x7f", "é😀\xff\xc3", "\u2028</script>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		if err := json.Unmarshal(AppendJSONString(nil, s), &back); err != nil {
			t.Fatal(err)
		}
		if utf8.ValidString(s) && back != s {
			t.Fatalf("%q became %q", s, back)
		}
	})
}

func TestValuesJSON(t *testing.T) {
	v := Values{{Key: "a", Single: "1"}, {Key: "b", List: []string{"x", "y"}, IsList: true}, {Key: "c", IsList: true}}
	b, err := json.Marshal(map[string]any{"v": v})
	if err != nil || string(b) != `{"v":{"a":"1","b":["x","y"],"c":[]}}` {
		t.Error(string(b), err)
	}
}

// TestPlainJSON: every byte is told at every place.
func TestPlainJSON(t *testing.T) {
	const text = "abcdefghijklmnopqrst"
	for c := range 256 {
		for at := range len(text) {
			s := text[:at] + string([]byte{byte(c)}) + text[at+1:]
			want := c >= ' ' && c < 0x80 && c != '"' && c != '\\'
			if plainJSON(s) != want {
				t.Fatalf("byte %#x at %d: %v", c, at, !want)
			}
		}
	}
}
