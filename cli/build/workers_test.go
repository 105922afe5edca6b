package build

import (
	"runtime"
	"testing"

	"github.com/onwardjs/onward/internal/config"
)

func TestWorkers(t *testing.T) {
	cores := runtime.NumCPU()
	for _, tt := range []struct {
		cpus   int
		circle string
		want   int
	}{
		{0, "", cores},
		{7, "", 7},
		{7, "1", 7},
		{0, "1", 1},
		{0, "1000", cores},
		{0, "0", cores},
		{0, "x", cores},
	} {
		b := &build{Project: &Project{Config: &config.Config{Cpus: tt.cpus}, Env: &config.Env{Vars: map[string]string{"CIRCLE_NODE_TOTAL": tt.circle}}}}
		if got := b.workers(); got != tt.want {
			t.Errorf("cpus %d, CIRCLE_NODE_TOTAL %q: %d workers, want %d", tt.cpus, tt.circle, got, tt.want)
		}
	}
}
