package compile

import (
	"context"
	"fmt"
	"os"
	"testing"
)

// BenchmarkPages compiles apps of many pages over shared components:
//
//	go test ./compile -bench Pages -benchtime 3x
func BenchmarkPages(b *testing.B) {
	for _, pages := range []int{100, 1000} {
		b.Run(fmt.Sprint(pages), func(b *testing.B) {
			f := newFixture(b, manyPages(pages, 400))
			for b.Loop() {
				if err := os.RemoveAll(f.opt.OutDir); err != nil {
					b.Fatal(err)
				}
				if _, err := Run(context.Background(), f.opt); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
