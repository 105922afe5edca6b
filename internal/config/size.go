package config

import (
	"regexp"
	"strconv"
	"strings"
)

var sizePattern = regexp.MustCompile(`^(\d+(?:\.\d+)?) *(b|kb|mb|gb|tb|pb)?$`)

// parseSize reads a number of bytes as options give it: a number, or text such as
// "2kb" or "1.5 MB". ok is false for anything else and for sizes below one byte.
func parseSize(v any) (bytes int64, ok bool) {
	switch v := v.(type) {
	case float64:
		bytes = int64(min(v, 1<<52))
	case string:
		m := sizePattern.FindStringSubmatch(strings.ToLower(strings.TrimSpace(v)))
		if m == nil {
			return 0, false
		}
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			return 0, false
		}
		for _, unit := range []string{"b", "kb", "mb", "gb", "tb", "pb"} {
			if m[2] == unit || m[2] == "" {
				break
			}
			n *= 1024
		}
		bytes = int64(min(n, 1<<52))
	}
	return bytes, bytes > 0
}
