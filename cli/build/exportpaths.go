package build

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/manifest"
)

// exportPathMap calls that function of the config with the usual map.
func (p *Project) exportPathMap(usual map[string]mapped, context exportContext) (map[string]mapped, error) {
	phase := config.PhaseExport
	if p.development() {
		phase = config.PhaseDev
	}
	answer, err := p.evaluator.exportPathMap(usual, context, phase)
	if err != nil {
		return nil, err
	}
	var chosen map[string]mapped
	if err := json.Unmarshal(answer, &chosen); err != nil {
		m := diag.Errorf("export-map", "exportPathMap returned something else than a map of paths to pages: %v", err).
			WithHint(`return an object such as { "/about": { page: "/about" } }`)
		m.File = p.Config.File
		return nil, m
	}
	return chosen, nil
}

// addExportPaths lets the paths of exportPathMap lead to their pages in development:
// rewrites that go before files.
func (p *Project) addExportPaths() error {
	chosen, err := p.exportPathMap(map[string]mapped{}, exportContext{
		Dev: true, Dir: p.Dir, DistDir: filepath.Join(p.Dir, filepath.FromSlash(p.Config.DistDir)), BuildID: manifest.DevelopmentID,
	})
	if err != nil {
		return err
	}
	for _, at := range slices.Sorted(maps.Keys(chosen)) {
		to := chosen[at]
		page := to.Page
		if strings.Contains(page, "[") {
			page = at // the path fills the parameters
		}
		if at == page && len(to.Query) == 0 {
			continue
		}
		rewrite := config.Rewrite{Destination: page}
		rewrite.Source = at
		if len(to.Query) > 0 {
			rewrite.Destination += "?" + queryOf(to.Query)
		}
		p.Config.Rewrites.BeforeFiles = append(p.Config.Rewrites.BeforeFiles, rewrite)
	}
	return nil
}

// queryOf writes the query of an entry of exportPathMap as one of a URL.
func queryOf(members map[string]any) string {
	values := url.Values{}
	for name, v := range members {
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		for _, one := range list {
			values.Add(name, fmt.Sprint(one))
		}
	}
	return values.Encode()
}
