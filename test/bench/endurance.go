package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onwardjs/onward/test/rig"
)

// Numbers of requests after which memory is measured. What grows in between is
// what a server loses with each request.
const (
	early = 1_000
	late  = 100_000
)

// mixed is the i-th of the requests: pages of every kind, their data, files, API
// routes and what does not exist. Every second one has a query that nobody has
// asked for yet.
func mixed(i int, build string) string {
	paths := []string{
		"/", "/ssg", "/isr", "/ssr50", "/file.txt", "/api/json", "/nowhere", "/_next/data/" + build + "/isr.json",
		"/_next/data/" + build + "/ssr50.json", "/_next/static/nowhere.js",
	}
	path := paths[i%len(paths)]
	if i/len(paths)%2 == 0 {
		return path
	}
	return fmt.Sprintf("%s?i=%d", path, i)
}

// measureEndurance compares memory after few and after many requests.
func (o *options) measureEndurance(ctx context.Context, f rig.Framework, app *rig.App, r *report) error {
	build, err := os.ReadFile(app.Path(".next", "BUILD_ID"))
	if err != nil {
		return err
	}
	server, err := app.StartOn(ctx, f, "/", pinServer)
	if err != nil {
		return err
	}
	defer server.Close()
	// Until it has given back what starting took, the program's own pages with it.
	time.Sleep(6 * time.Second)
	var memory [2]int64
	done := 0
	for i, goal := range []int{early, late} {
		o.progress("%s: %d mixed requests", f.Name, goal)
		if err := ask(ctx, server.URL, strings.TrimSpace(string(build)), done, goal, o.connections); err != nil {
			return err
		}
		done = goal
		time.Sleep(5 * time.Second) // until collectors have run
		m, err := server.Memory()
		if err != nil {
			return err
		}
		memory[i] = m.RSS
	}
	r.set("memory after 1,000 mixed requests", f.Name, megabytes(memory[0]))
	r.set("memory after 100,000 mixed requests", f.Name, megabytes(memory[1]))
	growth := 100 * (float64(memory[1])/float64(memory[0]) - 1)
	r.set("growth of memory between them", f.Name, value{growth, fmt.Sprintf("%.0f %%", growth)})
	return nil
}

// ask sends the mixed requests from number first up to last over n connections.
func ask(ctx context.Context, base, build string, first, last, n int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: n, MaxConnsPerHost: n}}
	defer client.CloseIdleConnections()
	var next atomic.Int64
	next.Store(int64(first))
	var wait sync.WaitGroup
	for range n {
		wait.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= last {
					return
				}
				if err := askOne(ctx, client, base+mixed(i, build)); err != nil {
					cancel(err)
				}
			}
		})
	}
	wait.Wait()
	return context.Cause(ctx)
}

func askOne(ctx context.Context, client *http.Client, url string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	a, err := client.Do(r)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, a.Body)
	a.Body.Close()
	if a.StatusCode >= 500 {
		return fmt.Errorf("%s: %s", url, a.Status)
	}
	return err
}
