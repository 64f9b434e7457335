package slack_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	goslack "github.com/slack-go/slack"

	"birthright/grants/desk/desktest"
	"birthright/notify"
	"birthright/notify/slack"
)

const (
	token   = "xoxb-canary"
	signing = "8f742231b10e8888abcd99yyyzzz85a5"
)

// workspace is a Slack of our own: it keeps what it is told and answers with the examples
// of Slack's own API description (testdata/answers.json, MIT), filled in.
type workspace struct {
	testing.TB
	*httptest.Server
	answers map[string]map[string]any
	// stuck, if not nil, keeps every call waiting until it is closed.
	stuck chan struct{}

	mu       sync.Mutex
	users    map[string]map[string]any // by identifier; e-mail in profile
	messages map[string]*message       // by "channel/ts"
	order    []string
	views    []goslack.ModalViewRequest
	replies  []string
	fail     map[string]string // an error by method
	calls    []string
}

type message struct {
	channel, text string
	blocks        []goslack.Block
	updates       int
}

func newWorkspace(t testing.TB) *workspace {
	s := &workspace{TB: t, users: map[string]map[string]any{}, messages: map[string]*message{}, fail: map[string]string{}}
	data, err := os.ReadFile("testdata/answers.json")
	if err == nil {
		err = json.Unmarshal(data, &s.answers)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

// person adds somebody with an address.
func (s *workspace) person(id, email string, changes ...func(map[string]any)) {
	example := s.answers["users.info"]["user"].(map[string]any)
	u := maps.Clone(example)
	profile := maps.Clone(example["profile"].(map[string]any))
	profile["email"] = email
	u["id"], u["profile"], u["team_id"] = id, profile, s.answers["auth.test"]["team_id"]
	for _, change := range changes {
		change(u)
	}
	s.users[id] = u
}

func (s *workspace) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if s.stuck != nil {
		select {
		case <-s.stuck:
		case <-r.Context().Done():
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	if r.URL.Path == "/respond" {
		var note struct{ Response_type, Text string }
		if err := json.Unmarshal(body, &note); err != nil || note.Response_type != "ephemeral" {
			s.Errorf("replied %s", body)
		}
		s.replies = append(s.replies, note.Text)
		return
	}
	form, _ := url.ParseQuery(string(body))
	if form.Get("token") != token && r.Header.Get("Authorization") != "Bearer "+token {
		s.Errorf("%s without the token", method)
	}
	s.calls = append(s.calls, method)
	w.Header().Set("Content-Type", "application/json")
	if s.fail[method] != "" {
		if s.fail[method] == "ratelimited" {
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"ok": false, "error": s.fail[method]})
		return
	}
	_ = json.NewEncoder(w).Encode(s.answer(method, form, body))
}

func (s *workspace) answer(method string, form url.Values, body []byte) map[string]any {
	refuse := func(why string) map[string]any { return map[string]any{"ok": false, "error": why} }
	switch method {
	case "auth.test":
		return s.answers[method]
	case "users.info":
		if u := s.users[form.Get("user")]; u != nil {
			return map[string]any{"ok": true, "user": u}
		}
		return refuse("user_not_found")
	case "users.lookupByEmail":
		for _, u := range s.users {
			if u["profile"].(map[string]any)["email"] == form.Get("email") {
				return map[string]any{"ok": true, "user": u}
			}
		}
		return refuse("users_not_found")
	case "chat.postMessage":
		m := &message{channel: "D" + form.Get("channel"), text: form.Get("text"), blocks: s.blocks(form.Get("blocks"))}
		ts := fmt.Sprintf("1503435956.%06d", len(s.order)+1)
		s.messages[m.channel+"/"+ts] = m
		s.order = append(s.order, m.channel+"/"+ts)
		return map[string]any{"ok": true, "channel": m.channel, "ts": ts, "message": map[string]any{"text": m.text, "ts": ts, "type": "message"}}
	case "chat.update":
		m := s.messages[form.Get("channel")+"/"+form.Get("ts")]
		if m == nil {
			return refuse("message_not_found")
		}
		m.text, m.blocks = form.Get("text"), s.blocks(form.Get("blocks"))
		m.updates++
		return map[string]any{"ok": true, "channel": m.channel, "ts": form.Get("ts"), "text": m.text}
	case "views.open":
		var in struct {
			Trigger string                   `json:"trigger_id"`
			View    goslack.ModalViewRequest `json:"view"`
		}
		if err := json.Unmarshal(body, &in); err != nil || in.Trigger != "trigger" || in.View.Type != goslack.VTModal || len(in.View.Title.Text) > 24 {
			s.Errorf("views.open %s: %v", body, err)
		}
		s.limits(in.View.Blocks.BlockSet)
		s.views = append(s.views, in.View)
		return map[string]any{"ok": true, "view": map[string]any{"id": "V1", "type": "modal"}}
	}
	s.Errorf("Slack has no method %q here", method)
	return refuse("unknown_method")
}

// blocks reads blocks as slack-go's own types do, and holds them against Slack's limits.
func (s *workspace) blocks(text string) []goslack.Block {
	var b goslack.Blocks
	if err := json.Unmarshal([]byte(text), &b); err != nil || len(b.BlockSet) == 0 || len(b.BlockSet) > 50 {
		s.Errorf("blocks %q: %v", text, err)
	}
	s.limits(b.BlockSet)
	return b.BlockSet
}

func (s *workspace) limits(blocks []goslack.Block) {
	for _, b := range blocks {
		switch b := b.(type) {
		case *goslack.SectionBlock:
			if b.Text != nil && len(b.Text.Text) > 3000 || len(b.Fields) > 10 || b.Text == nil && len(b.Fields) == 0 {
				s.Errorf("a section beyond the limits: %+v", b)
			}
			for _, f := range b.Fields {
				if len(f.Text) > 2000 {
					s.Errorf("a field of %d characters", len(f.Text))
				}
			}
		case *goslack.InputBlock:
			if choice, ok := b.Element.(*goslack.SelectBlockElement); ok {
				if len(choice.Options) > 100 || choice.Type == "static_select" && len(choice.Options) == 0 {
					s.Errorf("%d options", len(choice.Options))
				}
				for _, o := range choice.Options {
					if len([]rune(o.Text.Text)) > 75 || len(o.Value) > 150 {
						s.Errorf("an option beyond the limits: %+v", o)
					}
				}
			}
		}
	}
}

// buttons returns the values of a message's buttons by action.
func (m *message) buttons() map[string]string {
	out := map[string]string{}
	for _, b := range m.blocks {
		if actions, ok := b.(*goslack.ActionBlock); ok {
			for _, e := range actions.Elements.ElementSet {
				button := e.(*goslack.ButtonBlockElement)
				out[button.ActionID] = button.Value
			}
		}
	}
	return out
}

// shown is all the text of a message.
func (m *message) shown() string {
	var out []string
	for _, b := range m.blocks {
		if s, ok := b.(*goslack.SectionBlock); ok {
			if s.Text != nil {
				out = append(out, s.Text.Text)
			}
			for _, f := range s.Fields {
				out = append(out, f.Text)
			}
		}
	}
	return strings.Join(out, "\n")
}

// said returns the messages in the order in which they were posted.
func (s *workspace) said() []*message {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]*message, len(s.order))
	for i, key := range s.order {
		out[i] = s.messages[key]
	}
	return out
}

// reply is the last thing that somebody was told alone.
func (s *workspace) reply() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.replies) == 0 {
		return ""
	}
	return s.replies[len(s.replies)-1]
}

// office is the hub with its app, and Slack.
type office struct {
	*desktest.Office
	slack *workspace
	app   *slack.App
	told  *notify.Service
	mux   *http.ServeMux
	stamp int64
}

const policy = `
groups:
  - name: prod-db
    title: Production database
    owners: ["user:olga", "user:otto"]
    access: ["app:role/readonly"]
    request:
      allow: user.department == "Engineering"
      durations: {default: 1h, max: 8h}
      require: [reason]
      approve: [{by: owners}]
      break_glass: {max: 30m}
rules: []
`

func open(t *testing.T) *office {
	return openWith(t, policy)
}

func openWith(t *testing.T, policy string) *office {
	o := &office{Office: desktest.Open(t, policy), slack: newWorkspace(t)}
	o.Join("ada department=Engineering email=ada@example.com", "olga email=olga@example.com", "otto email=Otto@Example.com", "eve email=eve@example.com",
		"twin1 email=twin@example.com", "twin2 email=twin@example.com")
	o.Full()
	for id, email := range map[string]string{"UADA": "ada@example.com", "UOLGA": "olga@example.com", "UOTTO": "otto@example.com", "UEVE": "eve@example.com", "UTWIN": "twin@example.com", "UZOE": "zoe@example.com"} {
		o.slack.person(id, email)
	}
	secret := func(text string) notify.Secret { return func(context.Context) (string, error) { return text, nil } }
	o.app = slack.New(slack.Options{
		Token: secret(token), SigningSecret: secret(signing), Topic: "CLOUD", APIURL: o.slack.URL + "/api/", Desk: o.Desk,
		Register: notify.Register{Store: o.DB}, Now: o.Now,
	})
	o.told = notify.New(notify.Options{
		Store: o.DB, Desk: o.Desk, Ways: []notify.Way{{Name: "chat", Channel: o.app}}, PublicURL: "https://hub.example.com", Now: o.Now,
		NewID: func() string { return "test-1" },
	})
	o.mux = http.NewServeMux()
	o.app.Mount(o.mux)
	return o
}

// tell brings what is due, after what was acknowledged is done.
func (o *office) tell() {
	o.Helper()
	o.Must(o.app.Close())
	o.Must(o.told.Work(o.Context()))
}

// request signs a form as Slack does.
func request(path string, body string, at time.Time, secret string) *http.Request {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	return r
}

// send has Slack call the hub, and waits until what was acknowledged is done.
func (o *office) send(path string, form url.Values) *httptest.ResponseRecorder {
	o.Helper()
	o.stamp++
	form.Set("nonce", strconv.FormatInt(o.stamp, 10)) // Slack never sends the same twice
	w := httptest.NewRecorder()
	o.mux.ServeHTTP(w, request(path, form.Encode(), o.Now(), signing))
	if w.Code != http.StatusOK {
		o.Errorf("%s: %d %s", path, w.Code, w.Body)
	}
	o.Must(o.app.Close())
	return w
}

func (o *office) slash(user, text string) string {
	o.Helper()
	before := len(o.slack.replies)
	w := o.send("/slack/commands", url.Values{"command": {"/access"}, "user_id": {user}, "text": {text}, "trigger_id": {"trigger"}, "response_url": {o.slack.URL + "/respond"}})
	if len(o.slack.replies) == before {
		return w.Body.String()
	}
	return o.slack.reply()
}

func (o *office) interact(payload map[string]any) *httptest.ResponseRecorder {
	o.Helper()
	payload["response_url"], payload["trigger_id"] = o.slack.URL+"/respond", "trigger"
	text, err := json.Marshal(payload)
	o.Must(err)
	return o.send("/slack/interactions", url.Values{"payload": {string(text)}})
}

func (o *office) press(user, action, value string) {
	o.Helper()
	o.interact(map[string]any{"type": "block_actions", "user": map[string]any{"id": user}, "actions": []any{
		map[string]any{"type": "button", "block_id": "decide", "action_id": action, "value": value},
	}})
}

// submit fills a form in.
func (o *office) submit(user, form, metadata string, fields map[string]string) map[string]any {
	o.Helper()
	values := map[string]any{}
	for name, value := range fields {
		in := map[string]any{"type": "plain_text_input", "value": value}
		if name == "group" {
			in = map[string]any{"type": "static_select", "selected_option": map[string]any{"value": value, "text": map[string]any{"type": "plain_text", "text": value}}}
		}
		values[name] = map[string]any{name: in}
	}
	w := o.interact(map[string]any{"type": "view_submission", "user": map[string]any{"id": user}, "view": map[string]any{
		"id": "V1", "type": "modal", "callback_id": form, "private_metadata": metadata, "state": map[string]any{"values": values},
	}})
	var out map[string]any
	o.Must(json.Unmarshal(w.Body.Bytes(), &out))
	return out
}

func has(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q lacks %q", text, part)
		}
	}
}
