package config

import "testing"

func TestParseSize(t *testing.T) {
	for _, test := range []struct {
		in   any
		want int64
	}{
		{1000.0, 1000}, {"10", 10}, {"2kb", 2048}, {"1.5MB", 1572864}, {"1 gb", 1 << 30}, {"100b", 100},
		{0.0, 0}, {-1.0, 0}, {"", 0}, {"x", 0}, {"1xb", 0}, {"-1kb", 0}, {true, 0}, {nil, 0}, {1e300, 1 << 52},
	} {
		got, ok := parseSize(test.in)
		if ok != (test.want > 0) || ok && got != test.want {
			t.Errorf("%v: %d %v, want %d", test.in, got, ok, test.want)
		}
	}
}
