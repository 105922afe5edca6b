package build

import (
	"fmt"
	"strings"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/rules"
)

// checkRules compiles redirects, rewrites and headers, as the server will. All that
// cannot be used are told at once.
func (b *build) checkRules() error {
	_, problems := rules.Compile(b.config)
	var list diag.Errors
	for _, kind := range []string{"redirect", "rewrite", "header"} {
		var lines []string
		for i := range problems {
			if p := &problems[i]; p.Kind == kind {
				lines = append(lines, p.Reason+" for route "+ruleName(b.config, p))
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
		return list
	}
	b.warnStaticCaching()
	return nil
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

// warnStaticCaching tells of rules that give assets another lifetime. Their names
// change with their content, so that browsers may keep them for ever.
func (b *build) warnStaticCaching() {
	var sources []string
	for _, rule := range b.config.Headers {
		for _, h := range rule.Headers {
			if strings.HasPrefix(rule.Source, "/_next/static") && strings.EqualFold(h.Key, "cache-control") {
				sources = append(sources, rule.Source)
			}
		}
	}
	if len(sources) > 0 {
		b.warn([]*diag.Message{{
			Severity: diag.Warning, Code: "static-caching",
			Text: "custom Cache-Control headers detected for the following routes: " + strings.Join(sources, ", "),
			Hint: "leave Cache-Control of /_next/static to the server: names of assets change with their content",
		}})
	}
}
