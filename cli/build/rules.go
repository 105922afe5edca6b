package build

import (
	"fmt"
	"strings"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/rules"
)

// CheckRules compiles redirects, rewrites and headers, as the server will. All that
// cannot be used are told at once.
func (p *Project) CheckRules() ([]*diag.Message, error) {
	_, problems := rules.Compile(p.Config)
	var list diag.Errors
	for _, kind := range []string{"redirect", "rewrite", "header"} {
		var lines []string
		for i := range problems {
			if bad := &problems[i]; bad.Kind == kind {
				lines = append(lines, bad.Reason+" for route "+ruleName(p.Config, bad))
			}
		}
		if len(lines) == 0 {
			continue
		}
		many := ""
		if len(lines) > 1 {
			many = "s"
		}
		m := diag.Errorf("bad-rules", "Invalid %s%s found", kind, many).WithHint("correct %ss() in next.config", kind)
		m.Detail = strings.Join(lines, "\n")
		list = append(list, m)
	}
	if len(list) > 0 {
		return nil, list
	}
	return p.staticCaching(), nil
}

// ruleName tells a rule by its source and destination.
func ruleName(c *config.Config, p *rules.Problem) string {
	switch p.Kind {
	case "redirect":
		r := c.Redirects[p.Index]
		return fmt.Sprintf("%s → %s", r.Source, r.Destination)
	case "rewrite":
		all := append(append(append([]config.Rewrite{}, c.Rewrites.BeforeFiles...), c.Rewrites.AfterFiles...), c.Rewrites.Fallback...)
		return fmt.Sprintf("%s → %s", all[p.Index].Source, all[p.Index].Destination)
	}
	return c.Headers[p.Index].Source
}

// staticCaching tells of rules that give assets another lifetime. Their names
// change with their content, so that browsers may keep them for ever.
func (p *Project) staticCaching() []*diag.Message {
	var sources []string
	for _, rule := range p.Config.Headers {
		for _, h := range rule.Headers {
			if strings.HasPrefix(rule.Source, "/_next/static") && strings.EqualFold(h.Key, "cache-control") {
				sources = append(sources, rule.Source)
			}
		}
	}
	if len(sources) == 0 {
		return nil
	}
	return []*diag.Message{{
		Severity: diag.Warning, Code: "static-caching",
		Text: "custom Cache-Control headers detected for the following routes: " + strings.Join(sources, ", "),
		Hint: "leave Cache-Control of /_next/static to the server: names of assets change with their content",
	}}
}
