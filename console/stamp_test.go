package console_test

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"birthright/grants/desk"
)

var stamped = regexp.MustCompile(`data-stamp="([^"]+)"`)

// stamp is that of the page that is open.
func (b *browser) stamp() string {
	b.Helper()
	found := stamped.FindStringSubmatch(b.text)
	if found == nil {
		b.Fatalf("%s has no stamp:\n%s", b.at, b.text)
	}
	return found[1]
}

// glance asks as an open page does whether it still is what it was.
func (b *browser) glance(path, stamp string) *browser {
	b.Helper()
	r, err := http.NewRequest(http.MethodHead, b.url+path, http.NoBody)
	b.Must(err)
	r.Header.Set("If-None-Match", `"`+stamp+`"`)
	return b.took(b.Do(r))
}

// An open page is told that it has changed when it has, and not because time goes by.
func TestOpenPagesAreToldWhatChanges(t *testing.T) {
	s := open(t)
	id, path := s.ask("ada")
	ada, olga := s.user("ada"), s.user("olga")
	pages := []struct {
		of   *browser
		path string
	}{{ada, path}, {ada, "/"}, {olga, path}, {olga, "/decide"}}
	look := func() (stamps []string) {
		for _, p := range pages {
			stamps = append(stamps, p.of.visit(p.path).stamp())
		}
		return stamps
	}
	all := func(what string, stamps []string, status int) {
		t.Helper()
		for i, p := range pages {
			if p.of.glance(p.path, stamps[i]).status != status || p.of.text != "" {
				t.Errorf("%s: %s is answered %d %q, want %d and nothing", what, p.path, p.of.status, p.of.text, status)
			}
		}
	}
	before := look()
	s.Pass(time.Minute)
	all("a minute later", before, http.StatusNotModified)
	request, err := s.Desk.Request(s.Context(), s.As("olga"), id)
	s.Must(err)
	_, err = s.Decide(s.Context(), s.As("olga"), id, desk.Decision{Approve: true, Revision: request.Revision})
	s.Must(err)
	all("decided", before, http.StatusOK)
	decided := look()
	s.Full()
	for _, i := range []int{0, 1} {
		if p := pages[i]; p.of.glance(p.path, decided[i]).status != http.StatusOK {
			t.Errorf("begun: %s is answered %d, want 200", p.path, p.of.status)
		}
	}
	active := look()
	s.Pass(time.Minute)
	all("a minute later", active, http.StatusNotModified)
}

// A page that looks by itself does not keep a session that nobody uses, and where a form
// was sent to is no page to look at again.
func TestOpenPagesKeepNoSession(t *testing.T) {
	s := open(t)
	_, path := s.ask("ada")
	b := s.user("olga").visit(path)
	stamp := b.stamp()
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for range 3 {
		s.Pass(19 * time.Minute)
		if b.glance(path, stamp).status != http.StatusNotModified {
			t.Fatalf("answered %d, want 304", b.status)
		}
	}
	s.Pass(4 * time.Minute)
	if b.glance(path, stamp).status != http.StatusSeeOther {
		t.Fatalf("an hour after the last click it is answered %d, want the way to the login", b.status)
	}
	b = s.user("olga").visit(path)
	if b.send(path, "decision", "deny"); b.status != http.StatusUnprocessableEntity || stamped.MatchString(b.text) {
		t.Errorf("a form that is refused: %d\n%s", b.status, b.text)
	}
}
