package console_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"birthright/grants/desk/desktest/verdicts"
)

// page is a call as the console has it: what a form sends where, or a page that is looked at.
type page struct {
	path  string
	typed string // as in an address
}

// pages are the calls of the matrix that the console has, inbox those of the page of all
// that waits.
var (
	pages = map[verdicts.Call]page{
		verdicts.AskSelf:    {"POST /request", "group={group}&reason=x"},
		verdicts.AskBen:     {"POST /request", "group={group}&user={user}&reason=x"},
		verdicts.GlassSelf:  {"POST /break-glass", "group={group}&reason=x&sure=yes"},
		verdicts.GlassBen:   {"POST /break-glass", "group={group}&user={user}&reason=x&sure=yes"},
		verdicts.Deputise:   {"POST /delegations", "to=dave&until={until}"},
		verdicts.Undelegate: {"POST /delegations/{id}/end", ""},
		verdicts.Deputies:   {"GET /delegations", ""},

		verdicts.Approve: {"POST /requests/{id}", "decision=approve&revision=1"},
		verdicts.Deny:    {"POST /requests/{id}", "decision=deny&revision=1&reason=x"},
		verdicts.Cancel:  {"POST /requests/{id}/cancel", ""},
		verdicts.Amend:   {"POST /requests/{id}/amend", "because=y"},
		verdicts.Examine: {"POST /requests/{id}/review", "verdict=abuse"},
		verdicts.Extend:  {"POST /grants/{id}/extend", "for=5m&reason=x"},
		verdicts.Return:  {"POST /grants/{id}/return", ""},
		verdicts.Revoke:  {"POST /grants/{id}/revoke", "why=x"},
	}
	inbox = map[verdicts.Call]page{
		verdicts.Approve: {"POST /decide", "decision=approve&on={id}:1"},
		verdicts.Deny:    {"POST /decide", "decision=deny&on={id}:1&reason=x"},
	}
)

var formRoute = regexp.MustCompile(`d\.form\("(POST /(?:request|requests|grants|break-glass|delegations|decide)(?:/[^"]*)?)"`)

// Every form about requests and grants that the console takes is a call of the matrix.
func TestTheGeneratedMatrixHasEveryForm(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var forms, covered []string
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range formRoute.FindAllStringSubmatch(string(text), -1) {
			forms = append(forms, found[1])
		}
	}
	for _, all := range []map[verdicts.Call]page{pages, inbox} {
		for _, p := range all {
			if strings.HasPrefix(p.path, "POST") {
				covered = append(covered, p.path)
			}
		}
	}
	slices.Sort(forms)
	slices.Sort(covered)
	if d := cmp.Diff(slices.Compact(forms), slices.Compact(covered)); d != "" {
		t.Errorf("forms (-want +got):\n%s", d)
	}
}

// hall is the console as a door, by some of its pages.
type hall struct {
	*site
	town     *verdicts.Town
	pages    map[verdicts.Call]page
	mux      *http.ServeMux
	sessions map[string]session
}

// session is what a browser brings.
type session struct {
	cookie *http.Cookie
	key    []byte
}

func enter(t *testing.T, away verdicts.Away, pages map[verdicts.Call]page) *hall {
	town := verdicts.Open(t, away, func(who string, c verdicts.Call) bool {
		_, offered := pages[c]
		return offered && (who == "nobody" || slices.Contains(strings.Fields(verdicts.People), who))
	})
	h := &hall{&site{Office: town.Office}, town, pages, http.NewServeMux(), map[string]session{}}
	server := httptest.NewTLSServer(h.mux)
	t.Cleanup(server.Close)
	h.url, h.trusting = server.URL, server.Client().Transport
	h.mount(h.mux, server.URL)
	for _, who := range town.Callers() {
		if strings.HasPrefix(who, verdicts.Ben) && !strings.Contains(who, ":") || slices.Contains(strings.Fields(verdicts.People), who) {
			h.sessions[who] = h.session(who)
		}
	}
	return h
}

// session has somebody log in.
func (h *hall) session(who string) session {
	h.Helper()
	b := h.user(who)
	at, err := url.Parse(h.url)
	h.Must(err)
	cookies := b.Jar.Cookies(at)
	i := slices.IndexFunc(cookies, func(c *http.Cookie) bool { return c.Name == "__Host-birthright" })
	if i < 0 {
		h.Fatalf("%s is not logged in: %d %s", who, b.status, b.text)
	}
	visit, err := h.signIn().Visit(h.Context(), cookies[i].Value)
	h.Must(err)
	return session{cookies[i], visit.Key}
}

func (h *hall) Try(who string, c verdicts.Call, x *verdicts.Thing) (verdicts.Verdict, string) {
	group, user := h.town.Aim(who, c)
	id := h.town.Delegation()
	if x != nil {
		if id, user = x.Request, x.User; strings.Contains(h.pages[c].path, "/grants/") {
			id = x.Grant
		}
	}
	filled := strings.NewReplacer("{id}", id, "{group}", group, "{user}", user, "{until}", h.town.Until().Format("2006-01-02T15:04"))
	method, path, _ := strings.Cut(filled.Replace(h.pages[c].path), " ")
	values, err := url.ParseQuery(filled.Replace(h.pages[c].typed))
	h.Must(err)
	s := h.sessions[who]
	values.Set("form", token(s.key, path))
	r := httptest.NewRequest(method, h.url+path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if s.cookie != nil {
		r.AddCookie(s.cookie)
	}
	w := httptest.NewRecorder()
	h.mux.ServeHTTP(w, r)
	said := fmt.Sprint(method, " ", path, ": ", w.Code, " ", w.Header().Get("Location"), " ", told(w))
	switch {
	case w.Code == http.StatusForbidden, strings.HasPrefix(w.Header().Get("Location"), "/login"):
		return verdicts.No, said
	case w.Code == http.StatusConflict:
		return verdicts.Late, said
	case w.Code == http.StatusSeeOther && strings.HasPrefix(told(w), "-"): // one of several that were chosen
		if strings.Contains(told(w), "You may not") {
			return verdicts.No, said
		}
		return verdicts.Late, said
	case w.Code == http.StatusOK, w.Code == http.StatusSeeOther:
		return verdicts.Yes, said
	}
	return verdicts.Verdict(fmt.Sprint(w.Code)), said
}

// token is what a form must bring that is sent to a path.
func token(key []byte, path string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(path))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// told is what the next page says, with a minus where it is no good news.
func told(w *httptest.ResponseRecorder) string {
	for _, c := range w.Result().Cookies() { //nolint:bodyclose // a recorder's needs no closing
		if strings.HasSuffix(c.Name, "-said") {
			text, _ := base64.RawURLEncoding.DecodeString(c.Value)
			return string(text)
		}
	}
	return ""
}

func TestTheGeneratedMatrix(t *testing.T) {
	for name, away := range verdicts.Worlds {
		if len(away) == 0 && !wholeMatrix {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := enter(t, away, pages)
			h.town.Depart()
			h.town.Run(h)
			t.Logf("%d cells", h.town.Tried())
		})
		if len(away) > 0 {
			continue
		}
		t.Run(name+", at the page of all that waits", func(t *testing.T) {
			t.Parallel()
			h := enter(t, away, inbox)
			h.town.Depart()
			h.town.Run(h)
			t.Logf("%d cells", h.town.Tried())
		})
	}
}

func TestTheGeneratedMatrixForThoseWhoAreAway(t *testing.T) {
	t.Parallel()
	h := enter(t, nil, pages)
	h.town.RunAway(h)
	t.Logf("%d cells", h.town.Tried())
}
