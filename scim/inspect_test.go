package scim_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/scim"
	"birthright/scim/inspect"
	"birthright/tokens"
)

// shelf keeps the conversations of a front door.
type shelf struct {
	mu   sync.Mutex
	list []inspect.Conversation
}

func (s *shelf) SaveConversations(_ context.Context, list []inspect.Conversation, _ map[string]int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, list...)
	return nil
}

func (s *shelf) TrimConversations(context.Context, map[string]int) error { return nil }

// overheard opens a front door that is listened in on; the conversations are
// told once it is closed.
func overheard(t *testing.T, shape func(*scim.Options)) (*door, func() []inspect.Conversation) {
	t.Helper()
	d := open(t, scim.Limits{})
	d.server.Close()
	var kept shelf
	id := 0
	recorder := inspect.NewRecorder(inspect.Options{
		Keep: map[string]int{"okta": 100, "entra": 0}, Store: &kept, Now: func() time.Time { return d.now },
		NewID: func() string { id++; return fmt.Sprintf("c%02d", id) },
	})
	okta, _ := scim.NewSource("okta", "", nil)
	entra, _ := scim.NewSource("entra", "", nil)
	o := scim.Options{
		Directory: d.memory, Intake: d.memory, Tokens: d.memory, Sources: []*scim.Source{okta, entra},
		Inspect: recorder, Now: func() time.Time { return d.now },
	}
	shape(&o)
	d.server = httptest.NewServer(scim.New(o))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); recorder.Run(ctx) }()
	t.Cleanup(cancel)
	return d, func() []inspect.Conversation {
		d.server.Close()
		cancel()
		<-ended
		return kept.list
	}
}

func TestConversationsAreOverheard(t *testing.T) {
	d, heard := overheard(t, func(o *scim.Options) { o.Limits.UserBody = 300 })
	ada := d.send("POST", "/scim/v2/Users", userHead+`,"userName":"ada","password":"hunter2"}`, "User-Agent", "Okta SCIM Client 1.0.0").want(201).id()
	d.send("GET", "/scim/v2/Users?filter="+escape(`userName eq "ada"`), "").want(200)
	d.send("POST", "/scim/v2/Users", userHead+`,"userName":"ada","password":"hunter2"}`).want(409)
	d.send("POST", "/scim/v2/Users", userHead+`,"userName":"ada`).want(400)
	d.send("POST", "/scim/v2/Users", userHead+`,"userName":"`+strings.Repeat("x", 400)+`"}`).want(413)
	d.send("GET", "/scim/v2/Nonsense", "").want(404)
	d.send("DELETE", "/scim/v2/Users/"+ada, "").want(204)
	d.send("GET", "/scim/v2/Users", "", "Authorization", "Bearer "+d.makeToken("okta", tokens.ScopeAPI)).want(403)

	// Nobody's, and those of a source that is not to be listened to.
	d.send("GET", "/scim/v2/Users", "", "Authorization", "").want(401)
	d.send("GET", "/scim/v2/Users", "", "Authorization", "Bearer "+d.token[:len(d.token)-1]+"!").want(401)
	d.send("GET", "/scim/v2/Users", "", "Authorization", "Bearer "+d.other).want(200)

	d.now = d.now.Add(48 * time.Hour)
	d.send("POST", "/scim/v2/Users", userHead+`,"userName":"bob"}`).want(401)
	var lines []string
	for _, c := range heard() {
		if text := fmt.Sprint(c); strings.Contains(text, "hunter2") || strings.Contains(text, d.token[20:]) {
			t.Errorf("a secret is kept: %s", text)
		}
		if c.Source != "okta" || c.Token == "" || c.Remote == "" {
			t.Errorf("whose conversation is it? %+v", c)
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s %d %s", c.ID, c.Method, c.URL, c.Status, strings.Join(c.Read, "; "))))
	}
	want := []string{
		"c01 POST /scim/v2/Users 201 the password is not kept", `c02 GET /scim/v2/Users?filter=` + escape(`userName eq "ada"`) + " 200", "c03 POST /scim/v2/Users 409 the password is not kept",
		"c04 POST /scim/v2/Users 400", "c05 POST /scim/v2/Users 413", "c06 GET /scim/v2/Nonsense 404", "c07 DELETE /scim/v2/Users/" + ada + " 204",
		"c08 GET /scim/v2/Users 403", "c09 POST /scim/v2/Users 401 token TOKEN was refused: it has expired",
	}
	id, _ := tokens.Parse(d.token)
	want[8] = strings.Replace(want[8], "TOKEN", id, 1)
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
}

// panicking is a directory that ends every question about one record.
type panicking struct{ scim.Directory }

func (panicking) Record(context.Context, string, string) (identity.Record, error) { panic("planted") }

// What goes wrong in the hub itself is in the conversation as the client saw it.
func TestAPanicIsOverheard(t *testing.T) {
	d, heard := overheard(t, func(o *scim.Options) { o.Directory = panicking{o.Directory} })
	d.send("GET", "/scim/v2/Users/1", "").want(500)
	list := heard()
	if len(list) != 1 || list[0].Status != 500 || !strings.Contains(list[0].Answer, "the reason is in the hub's log") {
		t.Errorf("heard %+v", list)
	}
}
