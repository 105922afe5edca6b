package config

// Dev is what only the development server looks at. It is no part of a
// build.
type Dev struct {
	// NoRequests keeps requests out of the log.
	NoRequests bool
	// IgnoreRequests are regular expressions, as JavaScript has them, of URLs whose
	// requests are not logged.
	IgnoreRequests []string
	// BrowserLogs says which console calls of the browser the terminal shows: "all",
	// "warn" (and errors), "error" or "none". Default "warn".
	BrowserLogs string
	// Indicator is the corner of the mark that browsers show while something is
	// compiled, default "bottom-left"; empty: no mark.
	Indicator string
	// NoLock: several servers may run in one folder.
	NoLock bool
}

// development reads the options of the development server.
func (r *reader) development(c *Config) {
	d := &c.Dev
	if r.get("devIndicators") == false {
		d.Indicator = ""
	}
	take(r, "devIndicators.position", &d.Indicator)
	if r.get("experimental.lockDistDir") == false {
		d.NoLock = true
	}
	if r.get("logging") == false {
		d.NoRequests, d.BrowserLogs = true, "none"
		return
	}
	switch v := r.get("logging.incomingRequests").(type) {
	case bool:
		d.NoRequests = !v
	case map[string]any:
		list, _ := v["ignore"].([]any)
		for _, item := range list {
			m, _ := item.(map[string]any)
			if pattern, ok := m["$regexp"].(string); ok {
				d.IgnoreRequests = append(d.IgnoreRequests, pattern)
			}
		}
	}
	switch v := r.get("logging.browserToTerminal").(type) {
	case bool:
		d.BrowserLogs = "none"
		if v {
			d.BrowserLogs = "all"
		}
	case string:
		if v == "warn" || v == "error" {
			d.BrowserLogs = v
		}
	}
}
