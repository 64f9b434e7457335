package chromiumtest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// patience bounds everything that a tab waits for. What works takes milliseconds; the
// rest is for a machine that has much else to do.
const patience = 20 * time.Second

// Tab is a page in a window of its own, with cookies of its own. Its methods fail the
// test where they cannot do what they are for.
type Tab struct {
	t     testing.TB
	look  Look
	ctx   context.Context
	watch *watch
	axe   string // the script of axe-core, "" for none
}

// Tab opens a tab; it is closed with the test, which fails where its pages had faults.
func (b *Browser) Tab(t testing.TB, look Look) *Tab {
	t.Helper()
	b.ensure(t)
	tab := &Tab{t: t, look: look, watch: newWatch(), axe: axeScript(t)}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(tab.watch.hear))
	tab.ctx = ctx
	t.Cleanup(func() {
		tab.report()
		cancel()
	})
	// What is done first makes the tab, which lives as long as that context.
	if err := chromedp.Do(ctx, look.take); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	return tab
}

// take makes a new tab look so.
func (l Look) take(ctx context.Context, tab *chromedp.Target) (none chromedp.Void, err error) {
	_, err = cdp.Call(ctx, tab, audits.Enable, cdp.Empty{})
	if err == nil {
		_, err = cdp.Call(ctx, tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(l.width()), Height: int64(l.height()), DeviceScaleFactor: 1,
		})
	}
	if err == nil {
		_, err = cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: l.scheme()}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
	}
	if err == nil {
		_, err = cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: l.NoScript})
	}
	return none, err
}

// Visit opens an address and waits until the page is loaded.
func (t *Tab) Visit(url string) {
	t.t.Helper()
	at, err := call(t, page.Navigate, page.NavigateParams{URL: url})
	if err == nil && at.ErrorText != "" {
		err = errors.New(at.ErrorText)
	}
	if err == nil && at.LoaderID != "" { // "" for another place in the same page
		err = t.until(func() bool { return t.watch.loaded(at.LoaderID) })
	}
	if err != nil {
		t.t.Fatalf("visit %s: %v", url, err)
	}
	t.glance()
}

// call sends a command to the tab's page and returns the answer, within patience.
func call[P, R any](t *Tab, command cdp.Command[P, R], params P) (R, error) {
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	return chromedp.Call(ctx, command, params)
}

// until waits for something that the browser tells.
func (t *Tab) until(so func() bool) error {
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		changed := t.watch.next()
		if so() {
			return nil
		}
		select {
		case <-changed:
		case <-late.C:
			return fmt.Errorf("not within %v", patience)
		case <-t.ctx.Done():
			return t.ctx.Err()
		}
	}
}

// Expect says with which status pages are answered from now on, where that is a refusal
// that the test wants to see; 0 is 200. Any other status is a fault.
func (t *Tab) Expect(status int) { t.watch.expect(max(status, http.StatusOK)) }

// Turn changes how the page is looked at, while it is open.
func (t *Tab) Turn(look Look) {
	t.t.Helper()
	look.NoScript = t.look.NoScript
	t.look = look
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, look.take); err != nil {
		t.t.Fatalf("look at the page as %s: %v", look, err)
	}
}

// report tells all faults of the tab's pages.
func (t *Tab) report() {
	t.t.Helper()
	for _, fault := range t.watch.faults() {
		t.t.Error(fault)
	}
}

// Faults returns what was wrong with the pages so far, and has it not fail the test: for
// tests that plant it.
func (t *Tab) Faults() []string { return t.watch.faults() }
