package chromiumtest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

//go:embed page/find.js
var finding string

// Sees waits until a text can be read on the page.
func (t *Tab) Sees(text string) {
	t.t.Helper()
	t.wait(fmt.Sprintf("the text %q", text), fmt.Sprintf("reads(%s)", quote(text)), nil)
}

// Lacks waits until a text cannot be read on the page.
func (t *Tab) Lacks(text string) {
	t.t.Helper()
	t.wait(fmt.Sprintf("the text %q to be gone", text), fmt.Sprintf("!reads(%s)", quote(text)), nil)
}

// Until waits for a JavaScript expression to be true: what for is told where it is not.
func (t *Tab) Until(what, expression string) {
	t.t.Helper()
	t.wait(what, expression, nil)
}

// At waits until the page is at a path, with its query.
func (t *Tab) At(path string) {
	t.t.Helper()
	t.wait("the address "+path, fmt.Sprintf("location.pathname + location.search === %s", quote(path)), nil)
}

// Text returns what can be read of the first visible element that a selector finds.
func (t *Tab) Text(selector string) (text string) {
	t.t.Helper()
	t.wait(selector, fmt.Sprintf("textOf(first(%s))", quote(selector)), &text)
	return text
}

// Focus returns the name of what has the focus, "" for nothing.
func (t *Tab) Focus() (name string) {
	t.t.Helper()
	t.ask("nameOf(document.activeElement)", &name)
	return name
}

// Value evaluates a JavaScript expression into out, which a pointer to what JSON makes
// of it.
func (t *Tab) Value(expression string, out any) {
	t.t.Helper()
	t.ask(expression, out)
}

// ask evaluates an expression in which the functions of page/find.js are known.
func (t *Tab) ask(expression string, out any) {
	t.t.Helper()
	if err := t.evaluate(finding, expression, out); err != nil {
		t.t.Fatalf("%s: %v", expression, err)
	}
}

// evaluate runs JavaScript in the page, waits for promises, and reads what came of it.
// The page's Content-Security-Policy does not hold for it.
func (t *Tab) evaluate(functions, expression string, out any) error {
	yes := true
	answer, err := call(t, runtime.Evaluate, runtime.EvaluateParams{
		Expression: fmt.Sprintf("(() => {\n%s\nreturn (%s);\n})()", functions, expression), AwaitPromise: &yes, ReturnByValue: &yes,
	})
	if err != nil {
		return err
	}
	if answer.ExceptionDetails != nil {
		return &chromedp.ExceptionError{ExceptionDetails: answer.ExceptionDetails}
	}
	if out == nil || answer.Result.Value == nil {
		return nil
	}
	return json.Unmarshal(answer.Result.Value, out)
}

// wait waits until an expression is neither false nor null nor undefined, and returns it.
// The page is looked at whenever it changes; where another takes its place, that one.
func (t *Tab) wait(what, expression string, out any) {
	t.t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	look := fmt.Sprintf("whenSo(() => (%s), %d, %t)", expression, patience.Milliseconds(), !t.look.NoScript)
	for {
		changed := t.watch.next()
		found := json.RawMessage("null")
		err := t.evaluate(finding, look, &found)
		if err == nil && string(found) != "null" {
			if out != nil {
				err = json.Unmarshal(found, out)
			}
			if err != nil {
				t.t.Fatalf("wait for %s: %v", what, err)
			}
			return
		}
		select { // the page is left, or cannot tell by itself when it changes
		case <-changed:
			continue
		case <-t.ctx.Done():
		case <-late.C:
		}
		t.t.Fatalf("waited for %s in vain (%v). %s", what, err, t.scene())
	}
}

// scene is what a person would see, for messages of failed tests.
func (t *Tab) scene() (text string) {
	if err := t.evaluate(finding, "location.href + '\\n' + document.body.innerText", &text); err != nil {
		return err.Error()
	}
	return "The page is " + text
}
