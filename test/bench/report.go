package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/onwardjs/onward/test/rig"
)

// value is a measurement and how it reads.
type value struct {
	number float64
	text   string
}

func seconds(d time.Duration) value { return value{d.Seconds(), fmt.Sprintf("%.2f s", d.Seconds())} }

func milliseconds(d time.Duration) value {
	ms := float64(d.Microseconds()) / 1000
	return value{ms, fmt.Sprintf("%.0f ms", ms)}
}

func megabytes(bytes int64) value {
	mb := float64(bytes) / (1 << 20)
	return value{mb, fmt.Sprintf("%.0f MB", mb)}
}

// goals are what Onward sets itself, by metric.
var goals = map[string]string{
	"build of 100 pages":              "≥ 10×",
	"build of 1000 pages":             "≥ 10×",
	"build of 100 pages, peak memory": "≤ ⅓",
	"start to first 200":              "≤ 60 ms",
	"memory when idle":                "≤ 60 MB",
	"memory after load":               "≤ 120 MB",
	"SSG page, requests/s":            "≥ 10×",
	"ISR page, requests/s":            "≥ 10×",
	"public file, requests/s":         "≥ 4×",
	"hashed asset, requests/s":        "≥ 4×",
	"API route, requests/s":           "≥ 5×",
	"SSR of 50 rows, requests/s":      "≥ 5×",
	"SSR of 1,000 rows, requests/s":   "≥ 2.2×",
	"growth of memory between them":   "≤ 10 %",

	"dev, create-next-app: ready, cold":                       "≤ 150 ms",
	"dev, create-next-app: first page, cold":                  "≤ 300 ms",
	"dev, create-next-app: memory after the first page, cold": "≤ 150 MB",
	"dev, 100 pages: ready, cold":                             "≤ 150 ms",
	"dev, 100 pages: first page, cold":                        "≤ 300 ms",
	"dev, 100 pages: second page, cold":                       "≤ 40 ms",
	"dev, 10 modules: edit to DOM, median":                    "≤ 15 ms",
	"dev, 1000 modules: first page, cold":                     "≤ 1,000 ms",
	"dev, 1000 modules: edit to DOM, p95":                     "≤ 50 ms",
	"dev, 5000 modules: edit to DOM, p95":                     "≤ 100 ms",
	"dev: memory after 1,000 edits":                           "≤ 1.2 × after 10",
	"dev: processor time in 10 idle seconds":                  "0",
	"first-load JS of the hello page, gzip":                   "≤ 75 KB",
}

// report is a table of metrics, in the order in which they were first set.
type report struct {
	order  []string
	values map[string]map[string]value
}

func (r *report) set(metric, framework string, v value) {
	if r.values == nil {
		r.values = map[string]map[string]value{}
	}
	if r.values[metric] == nil {
		r.values[metric] = map[string]value{}
		r.order = append(r.order, metric)
	}
	r.values[metric][framework] = v
}

// memory sets what a server occupies.
func (r *report) memory(metric string, f rig.Framework, server *rig.Server) error {
	m, err := server.Memory()
	if err != nil {
		return err
	}
	r.set(metric, f.Name, megabytes(m.RSS))
	r.set(metric+", shared pages once", f.Name, megabytes(m.PSS))
	return nil
}

// markdown shows each metric with how many times better Onward is.
func (r *report) markdown() string {
	var b strings.Builder
	b.WriteString("| | next | onward | better by | goal |\n|---|---:|---:|---:|---:|\n")
	for _, metric := range r.order {
		next, onward := r.values[metric]["next"], r.values[metric]["onward"]
		ratio := ""
		if next.number > 0 && onward.number > 0 {
			times := next.number / onward.number
			if strings.HasSuffix(metric, "requests/s") {
				times = 1 / times
			}
			ratio = fmt.Sprintf("%.1f×", times)
		}
		goal := goals[metric]
		if goal == "" && strings.HasSuffix(metric, ", p99") {
			goal = "≥ 1×"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", metric, next.text, onward.text, ratio, goal)
	}
	return b.String()
}
