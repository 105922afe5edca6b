// Package chrome drives Chromium for tests and benchmarks of the development server.
// A Tab outlives what happens to its page: reloads, errors, a server that is away.
package chrome

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/chromedp/chromedp"
)

// Browser is a running headless Chromium with an empty profile.
type Browser struct {
	ctx     context.Context
	stop    []context.CancelFunc
	profile string
}

// Start starts Chromium. It ends with Close, or with ctx.
func Start(ctx context.Context) (*Browser, error) {
	path, err := find()
	if err != nil {
		return nil, err
	}
	profile, err := os.MkdirTemp("", "chromium-")
	if err != nil {
		return nil, fmt.Errorf("chrome: %w", err)
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.WindowSize(1000, 700)}
	for _, name := range []string{
		"headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
		"disable-component-update", "disable-sync", "disable-extensions", "disable-dev-shm-usage", "mute-audio", "hide-scrollbars",
		"disable-background-timer-throttling", "disable-renderer-backgrounding", "disable-backgrounding-occluded-windows",
	} {
		options = append(options, chromedp.Flag(name, true))
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(ctx, options...)
	browser, stopBrowser := chromedp.NewContext(allocator)
	b := &Browser{ctx: browser, stop: []context.CancelFunc{stopBrowser, stopAllocator}, profile: profile}
	if err := chromedp.Do(browser); err != nil {
		b.Close()
		return nil, fmt.Errorf("chrome: starting %s: %w", path, err)
	}
	return b, nil
}

// Close ends the browser and all its tabs.
func (b *Browser) Close() error {
	for _, stop := range b.stop {
		stop()
	}
	return os.RemoveAll(b.profile)
}

func find() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("chrome: chromium is missing; install it: apt-get install chromium")
}
