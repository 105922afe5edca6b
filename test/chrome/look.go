package chrome

import (
	"context"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Shot is a picture of the tab, a PNG.
func (t *Tab) Shot() ([]byte, error) {
	ctx, cancel := context.WithTimeout(t.ctx, 20*time.Second)
	defer cancel()
	data, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return nil, fmt.Errorf("chrome: taking a picture: %w", err)
	}
	return data, nil
}

// Prefer sets a media feature: Prefer("prefers-color-scheme", "dark").
func (t *Tab) Prefer(feature, value string) error {
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: feature, Value: value}}}
	if _, err := chromedp.Call(t.ctx, emulation.SetEmulatedMedia, media); err != nil {
		return fmt.Errorf("chrome: %s: %w", feature, err)
	}
	return nil
}

// Type presses keys, as people do: text, and kb.Escape and the like of chromedp.
func (t *Tab) Type(keys string) error {
	ctx, cancel := context.WithTimeout(t.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.KeyEvent(keys)); err != nil {
		return fmt.Errorf("chrome: typing: %w", err)
	}
	return nil
}
