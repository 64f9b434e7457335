package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"birthright/rules"
)

const catchAll = `user.userName != ""`

// post sends the editor's form as its script does.
func (b *browser) post(accept string, fields url.Values) *browser {
	b.Helper()
	_, form, _ := strings.Cut(b.text, "data-editor")
	for _, field := range hidden.FindAllStringSubmatch(form, -1) {
		if _, set := fields[field[1]]; !set && field[1] == "form" {
			fields.Set("form", field[2])
		}
	}
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.url+"/policy/edit", strings.NewReader(fields.Encode()))
	b.Must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", accept)
	return b.took(b.Do(r))
}

func TestPolicyPages(t *testing.T) {
	s := openShop(t)
	s.files = []rules.File{{Name: "policies/shop.yaml", Data: []byte(shop)}}
	b := s.user("root")
	b.visit("/policy").is(200, `<svg`, `href="/policy/rules/everybody"`, `href="/groups/base"`, "Edit a draft", "!<style")
	b.visit("/policy?q=nothing-like-that").is(200, "No rule is like that", "!<svg")
	b.visit("/policy/rules/everybody").is(200, "user.userName != &#34;&#34;", "7 members", "0 gain, 7 lose", "/people/ada", "policy.yaml:")
	b.visit("/policy/rules/nobody").is(404, "there is no rule")
	s.user("ada").visit("/policy").is(403, "You may not")
	s.user("ada").visit("/policy/edit").is(403, "You may not")
	if css := s.browser().visit("/policy/drawing.css"); css.status != 200 || !strings.HasPrefix(css.text, ".drawing {") {
		t.Errorf("style: %d %s", css.status, css.text)
	}
}

func TestADraftIsTriedAndNeverKept(t *testing.T) {
	s := openShop(t)
	s.files = []rules.File{{Name: "policies/shop.yaml", Data: []byte(shop)}}
	narrowed := strings.Replace(shop, catchAll, `user.department == "Engineering"`, 1)
	form := func(do, text string) url.Values {
		return url.Values{"do": {do}, "file": {"policies/shop.yaml"}, "text": {strings.ReplaceAll(text, "\n", "\r\n")}}
	}
	editor := s.user("root").visit("/policy/edit")
	editor.is(200, "policies/shop.yaml", "data-editor", "textarea")
	page := editor.text
	again := func() *browser { editor.text = page; return editor }
	again().post("text/html", form("check", narrowed)).is(200, "What it would change", "<strong>base</strong>", "0 gain, 4 lose", "diff --git a/policies/shop.yaml b/policies/shop.yaml")
	again().post("text/html", form("check", strings.Replace(shop, "user.userName", "user.usrName", 1))).is(200, "1 fault", "policies/shop.yaml:")
	again().post("application/json", form("check", narrowed)).is(200, `"losses":4`, `"lose":["eve","olga","otto","root"]`, `"faults":[]`)
	again().post("application/json", url.Values{"do": {"complete"}, "file": {"policies/shop.yaml"}, "before": {`rules: [{when: user.department == "En`}}).
		is(200, `{"prefix":"En","candidates":[{"text":"Engineering","kind":"value"}]}`)
	again().post("text/html", form("download", narrowed)).is(200, "--- a/policies/shop.yaml\n", "+  - {name: everybody, when: user.department", "!\r")
	names := form("check", narrowed)
	names.Set("names", "lose base")
	again().post("text/html", names).is(200, "Who loses base", "<li>otto</li>")
	old := form("check", narrowed)
	old.Set("form", "x")
	again().post("application/json", old).is(403, "too old")
	again().visit("/policy").is(200, "everybody", "userName != &#34;&#34;")
}
