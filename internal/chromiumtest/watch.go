package chromiumtest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// watch hears what the browser tells of a tab: where it is with loading, and everything
// that a developer would see in red or yellow.
type watch struct {
	mu      sync.Mutex
	changed chan struct{} // closed with the next change
	loading bool
	ready   map[cdp.LoaderID]bool
	asked   map[network.RequestID]string
	// expected is the status of documents; of other things it is one below 400.
	expected int
	found    []string
}

func newWatch() *watch {
	return &watch{changed: make(chan struct{}), ready: map[cdp.LoaderID]bool{}, asked: map[network.RequestID]string{}, expected: http.StatusOK}
}

// next returns a channel that is closed with the next change.
func (w *watch) next() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.changed
}

func (w *watch) loaded(loader cdp.LoaderID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ready[loader]
}

func (w *watch) idle() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.loading
}

func (w *watch) expect(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.expected = status
}

// faults returns what was found, and forgets it.
func (w *watch) faults() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := w.found
	w.found = nil
	return found
}

func (w *watch) add(faults ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.found = append(w.found, faults...)
}

// hear takes an event of the browser; it is called for one after the other, and has been
// for all that happened before a command when that is answered.
func (w *watch) hear(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.progress(event) {
		close(w.changed)
		w.changed = make(chan struct{})
		return
	}
	if fault := w.judge(event); fault != "" {
		w.found = append(w.found, fault)
	}
}

// progress takes what tells how far the page is.
func (w *watch) progress(event any) bool {
	switch e := event.(type) {
	case *page.EventFrameRequestedNavigation:
		w.loading = e.Disposition == page.ClientNavigationDispositionCurrentTab
	case *page.EventFrameStartedLoading:
		w.loading = true
	case *page.EventFrameStoppedLoading, *page.EventNavigatedWithinDocument:
		w.loading = false
	case *page.EventLifecycleEvent:
		if e.Name == "load" {
			w.ready[e.LoaderID] = true
		}
	default:
		return false
	}
	return true
}

// judge returns what is wrong with an event, "" for nothing.
func (w *watch) judge(event any) string {
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if slices.Contains([]string{"error", "warning", "assert"}, e.Type.String()) {
			return fmt.Sprintf("console %s: %s", e.Type, said(e))
		}
	case *runtime.EventExceptionThrown:
		return (&chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails}).Error()
	case *log.EventEntryAdded:
		// What became of requests is told below, with their addresses.
		if e.Entry.NetworkRequestID == "" && (e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning) {
			return fmt.Sprintf("console %s: %s", e.Entry.Level, e.Entry.Text)
		}
	case *audits.EventIssueAdded:
		return issue(e.Issue)
	case *network.EventRequestWillBeSent:
		w.asked[e.RequestID] = e.Request.Method + " " + e.Request.URL
	case *network.EventResponseReceived:
		status, page := int(e.Response.Status), e.Type == network.ResourceTypeDocument
		if page && status != w.expected || !page && status >= http.StatusBadRequest {
			return fmt.Sprintf("%s was answered with %d", w.asked[e.RequestID], status)
		}
	case *network.EventLoadingFailed:
		if !e.Canceled {
			return fmt.Sprintf("%s failed: %s %s", w.asked[e.RequestID], e.ErrorText, e.BlockedReason)
		}
	}
	return ""
}

// said is what a call of console.error and its like says.
func said(e *runtime.EventConsoleAPICalled) string {
	var parts []string
	for _, a := range e.Args {
		text := a.Description
		if text == "" {
			text = strings.Trim(string(a.Value), `"`)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

// issue is what the browser's own inspection found.
func issue(i *audits.InspectorIssue) string {
	if csp := i.Details.ContentSecurityPolicyIssueDetails; csp != nil {
		return fmt.Sprintf("Content-Security-Policy: %s was broken by %s %s", csp.ViolatedDirective, csp.ContentSecurityPolicyViolationType, csp.BlockedURL)
	}
	detail := ""
	if g := i.Details.GenericIssueDetails; g != nil {
		detail = fmt.Sprintf(" %s %s", g.ErrorType, g.ViolatingNodeAttribute)
	}
	return fmt.Sprintf("browser issue: %s%s", i.Code, detail)
}
