package chromiumtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// Browser is one Chromium, for all tests of a test binary.
type Browser struct {
	start sync.Once
	ctx   context.Context
	stop  context.CancelFunc
	fault error
	home  string
}

// New returns a Browser that starts when the first tab is opened.
func New() *Browser { return &Browser{} }

// Stop ends the browser and removes what it kept. It does nothing where none started.
func (b *Browser) Stop() {
	if b.stop == nil {
		return
	}
	_ = chromedp.Cancel(b.ctx) // closes it and waits; an error means that it has ended
	b.stop()
	_ = os.RemoveAll(b.home)
}

// ensure starts the browser, once.
func (b *Browser) ensure(t testing.TB) {
	t.Helper()
	b.start.Do(func() { b.fault = b.run() })
	if b.fault != nil {
		t.Fatal(b.fault)
	}
}

func (b *Browser) run() (err error) {
	program, err := exec.LookPath("chromium")
	if err != nil {
		return fmt.Errorf("the tests of pages need Chromium, and there is none: install Debian's package chromium (scripts/servers does): %w", err)
	}
	if b.home, err = os.MkdirTemp("", "birthright-chromium-*"); err != nil {
		return err
	}
	base, end := chromedp.NewExecAllocator(context.Background(), flags(program, b.home)...)
	ctx, cancel := chromedp.NewContext(base)
	b.ctx, b.stop = ctx, func() { cancel(); end() }
	if err := chromedp.Do(ctx); err != nil {
		return fmt.Errorf("start %s: %w", program, err)
	}
	return nil
}

// flags are those with which Chromium runs as root, without a network, without a screen,
// and without anything that it remembers. It is spoken to through a pipe: no port.
func flags(program, home string) []chromedp.ExecAllocatorOption {
	out := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(program), chromedp.UserDataDir(home), chromedp.Headless, chromedp.NoSandbox, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter,HttpsUpgrades"),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("lang", "en-GB"),
	}
	for _, name := range []string{
		"disable-gpu", "disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-dev-shm-usage",
		"disable-default-apps", "disable-extensions", "disable-breakpad", "disable-client-side-phishing-detection", "disable-domain-reliability",
		"disable-background-timer-throttling", "disable-backgrounding-occluded-windows", "disable-renderer-backgrounding",
		"metrics-recording-only", "no-pings", "hide-scrollbars", "ignore-certificate-errors", "mute-audio",
	} {
		out = append(out, chromedp.Flag(name, true))
	}
	return out
}
