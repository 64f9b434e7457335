package chromiumtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// keys are the keys that have names, for Press.
var keys = map[string]string{
	"Enter": kb.Enter, "Tab": kb.Tab, "Escape": kb.Escape, "ArrowDown": kb.ArrowDown, "ArrowUp": kb.ArrowUp, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
	"Home": kb.Home, "End": kb.End, "Backspace": kb.Backspace, "Space": " ", "Shift": kb.Shift,
}

// Click clicks on the first visible button, link or other control that has this name:
// its text, or what stands for it. If that leads to another page, it is waited for.
func (t *Tab) Click(name string) {
	t.t.Helper()
	t.click("control called "+name, fmt.Sprintf("control(null, %s)", quote(name)))
}

// ClickRole is Click where several controls have the same name: role is "button",
// "link", "checkbox", "radio", "tab", "option" and so on.
func (t *Tab) ClickRole(role, name string) {
	t.t.Helper()
	t.click(role+" called "+name, fmt.Sprintf("control(%s, %s)", quote(role), quote(name)))
}

// ClickOn clicks on the first visible element that a CSS selector finds.
func (t *Tab) ClickOn(selector string) {
	t.t.Helper()
	t.click(selector, fmt.Sprintf("first(%s)", quote(selector)))
}

func (t *Tab) click(what, find string) {
	t.t.Helper()
	var at struct{ X, Y float64 }
	t.wait("a "+what+" to click on", fmt.Sprintf("place(%s)", find), &at)
	t.acts("click on "+what, chromedp.MouseClickXY(at.X, at.Y))
}

// Fill replaces what is in a field, found by its label, by typing.
func (t *Tab) Fill(label, text string) {
	t.t.Helper()
	var at struct{ X, Y float64 }
	t.wait("a field labelled "+label, fmt.Sprintf("enter(field(%s))", quote(label)), &at)
	if _, err := call(t, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		t.t.Fatalf("fill %s: %v", label, err)
	}
	t.wait(label+" to take what was typed", fmt.Sprintf("holds(field(%s), %s)", quote(label), quote(text)), nil)
}

// Choose selects an option of a list, both by what people read.
func (t *Tab) Choose(label, option string) {
	t.t.Helper()
	t.wait("a list labelled "+label+" with the option "+option, fmt.Sprintf("choose(field(%s), %s)", quote(label), quote(option)), nil)
	t.settle("choose " + option)
}

// Press presses keys, one after the other: names such as "Tab", "Enter", "ArrowDown", or
// single characters. Where that leads to another page, it is waited for.
func (t *Tab) Press(names ...string) {
	t.t.Helper()
	for _, name := range names {
		key, named := keys[name]
		if !named {
			key = name
		}
		t.acts("press "+name, chromedp.KeyEvent(key))
	}
}

// acts does something to the page and waits until it has come to rest.
func (t *Tab) acts(what string, action chromedp.Action[chromedp.Void]) {
	t.t.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, action); err != nil {
		t.t.Fatalf("%s: %v", what, err)
	}
	t.settle(what)
}

// rest is answered when the page has dealt with what was done to it: a form is sent by
// a task of its own.
const rest = "new Promise(done => setTimeout(() => setTimeout(() => done(true))))"

// settle waits until the page has come to rest, and until another page, if what was done
// leads to one, is loaded.
func (t *Tab) settle(what string) {
	t.t.Helper()
	answered := rest
	if t.look.NoScript { // timers are scripts, too
		answered = "true"
	}
	// A page that is left meanwhile answers with an error: then another is loading.
	err := t.evaluate("", answered, nil)
	if !errors.Is(err, context.DeadlineExceeded) {
		err = t.until(t.watch.idle)
	}
	if err != nil {
		t.t.Fatalf("after %s: the page did not come to rest: %v", what, err)
	}
	t.glance()
}

// quote writes a text as JavaScript does.
func quote(text string) string {
	out, _ := json.Marshal(text) // a string always can be
	return string(out)
}
