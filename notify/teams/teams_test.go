package teams_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/grants"
	"birthright/grants/desk"
	"birthright/notify"
	"birthright/notify/teams"
)

const (
	canary = "canary-6612"
	query  = "?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=" + canary
	path   = "/powerautomate/automations/direct/workflows/" + canary + "-flow/triggers/manual/paths/invoke"
	link   = "https://hub.example.com/requests/r12"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// workflow stands in for a flow with the trigger "When a Teams webhook request is
// received": it answers 202 to a message with one card, and 400 to anything else.
type workflow struct {
	*httptest.Server
	status int
	header http.Header
	body   string
	posts  []map[string]any
}

func start(t *testing.T) *workflow {
	w := &workflow{header: http.Header{}}
	w.Server = httptest.NewServer(w)
	t.Cleanup(w.Close)
	return w
}

func (w *workflow) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	for name, values := range w.header {
		rw.Header()[name] = values
	}
	if w.status != 0 {
		rw.WriteHeader(w.status)
		_, _ = io.WriteString(rw, w.body)
		return
	}
	var post struct {
		Type        string
		Attachments []struct {
			ContentType string
			Content     map[string]any
		}
	}
	err := json.Unmarshal(body, &post)
	q := r.URL.Query()
	if err != nil || post.Type != "message" || len(post.Attachments) != 1 || post.Attachments[0].ContentType != "application/vnd.microsoft.card.adaptive" ||
		q.Get("sig") != canary || q.Get("sp") != "/triggers/manual/run" || r.URL.Path != path || r.Header.Get("Content-Type") != "application/json" {
		rw.WriteHeader(http.StatusBadRequest)
		return
	}
	w.posts = append(w.posts, post.Attachments[0].Content)
	rw.WriteHeader(http.StatusAccepted)
}

func channel(t *testing.T, address *string) *teams.Channel {
	c := teams.New(teams.Options{Address: func(context.Context) (string, error) { return *address, nil }, Reference: "env:ROOM", Now: func() time.Time { return noon }})
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func message(reason string) notify.Message {
	m := notify.Message{ID: "m1", Story: notify.Story{Kind: grants.NoticeWaiting, At: noon, Actor: "user:ada", Request: &desk.Request{
		ID: "r12", User: "ada", By: "user:ada", Group: "prod-db", Reason: reason, Seconds: 3600, ExpiresAt: noon.Add(time.Hour),
	}}}
	m.Words = notify.Tell(m.Story, m.To, "https://hub.example.com")
	return m
}

// texts gathers what a card says, and the kinds of element that it is made of.
func texts(v any, kinds map[string]bool) (out []string) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			out = append(out, texts(e, kinds)...)
		}
	case map[string]any:
		if kind, ok := v["type"].(string); ok {
			kinds[kind] = true
		}
		if text, ok := v["text"].(string); ok {
			out = append(out, text)
		}
		out = append(out, texts(v["inlines"], kinds)...)
	}
	return out
}

// The card says what there is to decide, has one button, and that leads to the page
// which asks for a login. What somebody wrote is text and nothing else.
func TestCard(t *testing.T) {
	w := start(t)
	address := w.URL + path + query
	if _, err := channel(t, &address).Send(t.Context(), message("[Approve](https://evil.example.com) **now** <at>everybody</at>\nGroup: other")); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	got := texts(w.posts[0]["body"], kinds)
	want := []string{
		"ada asks for prod-db for 1h", "Please approve or deny it. It expires on Mon 23 Nov 2026 13:00 UTC.", "Who: ", "ada", "Group: ", "prod-db",
		"Reason: ", "[Approve](https://evil.example.com) **now** <at>everybody</at> Group: other", "For: ", "1h", "Request: ", "r12",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]bool{"RichTextBlock": true, "TextRun": true}, kinds); diff != "" {
		t.Errorf("only these are never Markdown: %s", diff)
	}
	actions, _ := json.Marshal(w.posts[0]["actions"])
	if string(actions) != `[{"title":"Open in Birthright","type":"Action.OpenUrl","url":"`+link+`"}]` {
		t.Errorf("%s", actions)
	}
}

// Whatever goes wrong, nobody reads the address, and the message is tried again.
func TestTrouble(t *testing.T) {
	w := start(t)
	address := w.URL + path + query
	w.header.Set("Retry-After", "90")
	for name, c := range map[string]struct {
		status int
		body   string
		final  bool
		at     time.Time
	}{
		"throttled":      {429, `{"error":{"code":"TooManyRequests","message":"slow down ` + canary + `"}}`, false, noon.Add(90 * time.Second)},
		"switched off":   {400, `{"error":{"code":"WorkflowTriggerIsNotEnabled"}}`, false, time.Time{}},
		"deleted":        {404, `no workflow ` + path, false, time.Time{}},
		"login instead":  {302, ``, false, time.Time{}},
		"too large":      {413, ``, true, time.Time{}},
		"trouble of its": {500, ``, false, time.Time{}},
	} {
		w.status, w.body = c.status, c.body
		_, err := channel(t, &address).Send(t.Context(), message("look"))
		var fault *notify.Fault
		if !errors.As(err, &fault) || fault.Final != c.final || fault.Gone || !c.at.IsZero() && !fault.RetryAt.Equal(c.at) {
			t.Errorf("%s: %#v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), canary) {
			t.Errorf("%s: the address is told: %v", name, err)
		}
	}
	for _, bad := range []string{"http://flows.example.com/" + canary, "https://user:" + canary + "@flows.example.com/x", canary, "", "https://127.0.0.1:1" + path + query} {
		if _, err := channel(t, &bad).Send(t.Context(), message("look")); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// An address that was renewed is taken up without a restart.
func TestRenewedAddress(t *testing.T) {
	one, other := start(t), start(t)
	address := one.URL + path + query
	c := channel(t, &address)
	for _, next := range []string{other.URL, other.URL, one.URL} {
		if _, err := c.Send(t.Context(), message("look")); err != nil {
			t.Fatal(err)
		}
		address = next + path + query
	}
	if got := []int{len(one.posts), len(other.posts)}; !slices.Equal(got, []int{1, 2}) {
		t.Errorf("%v", got)
	}
	if people, topic := c.Takes(grants.NoticeGlass); people || !topic {
		t.Error("a room is a topic")
	}
}
