package slack_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"birthright/grants/desk"
	"birthright/notify"
)

// The whole way in Slack: asked by command, owners get buttons, one approves, the one
// who asked is told, and both messages say so and have no buttons any more.
func TestAskedApprovedAndUpdated(t *testing.T) {
	o := open(t)
	has(t, o.slash("UADA", "prod-db 2h because of <!channel> *fire*"), "r1: you asked for prod-db for 2h. It waits for olga or otto.")
	o.tell()
	said := o.slack.said()
	if len(said) != 2 {
		t.Fatalf("%d messages", len(said))
	}
	has(t, said[0].shown(), "*ada asks for prod-db for 2h*", "*Reason*\nof &lt;!channel&gt; *fire*")
	if b := said[0].buttons(); b["approve"] != "r1:1" || b["deny"] != "r1:1" {
		t.Errorf("buttons %v", b)
	}
	o.press("UADA", "approve", "r1:1")
	has(t, o.slack.reply(), "nobody decides on what they ask for")
	o.press("UEVE", "approve", "r1:1")
	has(t, o.slack.reply(), "neither yours nor for you to decide")
	o.press("UOTTO", "approve", "r1:1")
	has(t, o.slack.reply(), "You approved r1.")
	o.Work()
	o.tell()
	if got := o.Holds("role/readonly"); len(got) != 1 || got[0] != "ada" {
		t.Errorf("holds %q", got)
	}
	said = o.slack.said()
	for _, m := range said[:2] {
		if len(m.buttons()) != 0 || m.updates != 1 {
			t.Errorf("buttons %v after %d updates", m.buttons(), m.updates)
		}
		has(t, m.shown(), "Approved by otto on Mon 23 Nov 2026")
	}
	if len(said) != 4 || said[2].channel != "DUADA" || !strings.Contains(said[2].shown(), "Your request for prod-db is approved") || !strings.Contains(said[3].shown(), "You have access to prod-db") {
		t.Errorf("%d messages", len(said))
	}
	has(t, o.slash("UADA", "mine"), "g1: prod-db, active, until Mon 23 Nov 2026")
	has(t, o.slash("UADA", "return g1"), "You gave prod-db back")
	o.Work()
	if got := o.Holds("role/readonly"); len(got) != 0 {
		t.Errorf("holds %q after the return", got)
	}
	has(t, o.slash("UADA", "mine"), "You wait for nothing")
}

// The form shows what may be asked for, and the desk's reasons beside the fields.
func TestForm(t *testing.T) {
	o := open(t)
	if text := o.slash("UADA", ""); text != "" {
		t.Errorf("answered %q", text)
	}
	if len(o.slack.views) != 1 {
		t.Fatalf("%d forms", len(o.slack.views))
	}
	form, _ := json.Marshal(o.slack.views[0])
	has(t, string(form), `"callback_id":"ask"`, `"value":"prod-db"`, "Production database (prod-db)", `"optional":true`)
	for name, c := range map[string]struct {
		fields map[string]string
		at     string
		says   string
	}{
		"no reason":   {map[string]string{"group": "prod-db"}, "reason", "prod-db needs a reason"},
		"too long":    {map[string]string{"group": "prod-db", "reason": "x", "duration": "9h"}, "duration", "for 8h at most"},
		"no duration": {map[string]string{"group": "prod-db", "reason": "x", "duration": "soon"}, "duration", "is not a duration"},
		"no group":    {map[string]string{"group": "nothing", "reason": "x"}, "group", "there is no group"},
	} {
		got := o.submit("UADA", "ask", "", c.fields)
		faults, _ := got["errors"].(map[string]any)
		text, _ := faults[c.at].(string)
		if got["response_action"] != "errors" || !strings.Contains(text, c.says) || strings.Contains(text, "--") {
			t.Errorf("%s: %v", name, got)
		}
	}
	got, _ := json.Marshal(o.submit("UADA", "ask", "", map[string]string{"group": "prod-db", "reason": "look", "ticket": "OPS-7"}))
	has(t, string(got), `"response_action":"update"`, "r1: you asked for prod-db for 1h")
	has(t, o.slash("UEVE", ""), "there is nothing that you can ask for")
}

// To deny opens a form that wants a reason.
func TestDenied(t *testing.T) {
	o := open(t)
	o.slash("UADA", "prod-db because look")
	o.tell()
	o.press("UOLGA", "deny", "r1:1")
	if len(o.slack.views) != 1 || o.slack.views[0].PrivateMetadata != "r1:1" || o.slack.views[0].CallbackID != "deny" {
		t.Fatalf("%+v", o.slack.views)
	}
	if got := o.submit("UOLGA", "deny", "r1:1", map[string]string{"reason": ""}); got["response_action"] != "errors" {
		t.Errorf("%v", got)
	}
	if got := o.submit("UEVE", "deny", "r1:1", map[string]string{"reason": "mine"}); got["response_action"] != "errors" {
		t.Errorf("eve denied it: %v", got)
	}
	if got := o.submit("UOLGA", "deny", "r1:1", map[string]string{"reason": "use the replica"}); got["response_action"] != "clear" {
		t.Errorf("%v", got)
	}
	o.tell()
	said := o.slack.said()
	has(t, said[0].shown(), "Denied by olga", "They wrote: use the replica")
	has(t, said[len(said)-1].shown(), "Your request for prod-db is denied")
}

// Decided elsewhere, changed and expired: the messages follow.
func TestMessagesFollow(t *testing.T) {
	o := open(t)
	o.slash("UADA", "prod-db 1h because look")
	o.tell()
	_, err := o.Amend(t.Context(), o.As("ada"), "r1", desk.Amendment{For: 8 * time.Hour})
	o.Must(err)
	o.press("UOLGA", "approve", "r1:1")
	has(t, o.slack.reply(), "r1 was changed after this message was sent")
	if r, err := o.Request(t.Context(), o.As("ada"), "r1"); err != nil || r.State != "pending" {
		t.Errorf("%s %v: an approval of one hour gave eight", r.State, err)
	}
	o.tell()
	said := o.slack.said()
	has(t, said[0].shown(), "for 8h")
	if said[0].buttons()["approve"] != "r1:2" {
		t.Errorf("%v", said[0].buttons())
	}
	o.Pass(60 * 24 * time.Hour)
	o.Work()
	o.tell()
	for _, m := range o.slack.said()[:4] {
		if len(m.buttons()) > 0 || !strings.Contains(m.shown(), "Nobody decided in time") {
			t.Errorf("%s", m.shown())
		}
	}
}

// A broken glass is heard in the topic too.
func TestLoudThings(t *testing.T) {
	o := open(t)
	_, err := o.BreakGlass(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"prod-db"}, Reason: "fire"})
	o.Must(err)
	o.tell()
	var places []string
	for _, m := range o.slack.said() {
		places = append(places, m.channel)
		has(t, m.shown(), "ada broke the glass for prod-db")
	}
	if strings.Join(places, " ") != "DCLOUD DUOLGA DUOTTO" {
		t.Errorf("%q", places)
	}
}

// Whoever is nobody to the hub gets a clear answer and nothing else.
func TestNobody(t *testing.T) {
	o := open(t)
	o.slack.person("UFAR", "ada@example.com", func(u map[string]any) { u["team_id"] = "TOTHER" })
	o.slack.person("UBOT", "ada@example.com", func(u map[string]any) { u["is_bot"] = true })
	o.slack.person("UGONE", "ada@example.com", func(u map[string]any) { u["deleted"] = true })
	for id, says := range map[string]string{
		"UZOE": "no single person with the address zoe@example.com", "UTWIN": "no single person", "UFAR": "another workspace", "UBOT": "no person's", "UGONE": "closed",
		"UNONE": "user_not_found",
	} {
		has(t, o.slash(id, "prod-db 1h because look"), says)
	}
	if found, err := o.Requests(t.Context(), desk.Operator("operator:test"), desk.Query{}); err != nil || len(found) != 0 {
		t.Errorf("%+v %v", found, err)
	}
	o.Suspend("ada")
	has(t, o.slash("UADA", "prod-db 1h because look"), "suspended")
}

// What is not Slack's, not of now, or was taken before does nothing.
func TestSignatures(t *testing.T) {
	o := open(t)
	body := "command=%2Faccess&user_id=UADA&text=prod-db+1h+because+look&response_url=" + o.slack.URL + "/respond"
	good := request("/slack/commands", body, o.Now(), signing)
	do := func(r *http.Request) int {
		w := httptest.NewRecorder()
		o.mux.ServeHTTP(w, r)
		o.Must(o.app.Close())
		return w.Code
	}
	tampered := request("/slack/commands", body, o.Now(), signing)
	tampered.Header.Set("X-Slack-Signature", strings.Replace(good.Header.Get("X-Slack-Signature"), "v0=", "v0=00", 1)[:67])
	unsigned := request("/slack/commands", body, o.Now(), signing)
	unsigned.Header.Del("X-Slack-Signature")
	altered := request("/slack/commands", strings.Replace(body, "1h", "8h", 1), o.Now(), signing)
	altered.Header.Set("X-Slack-Signature", good.Header.Get("X-Slack-Signature"))
	restamped := request("/slack/commands", body, o.Now(), signing)
	restamped.Header.Set("X-Slack-Request-Timestamp", "1795435999")
	for name, r := range map[string]*http.Request{
		"another secret": request("/slack/commands", body, o.Now(), "other"), "no secret": request("/slack/commands", body, o.Now(), ""),
		"old": request("/slack/commands", body, o.Now().Add(-6*time.Minute), signing), "ahead": request("/slack/commands", body, o.Now().Add(6*time.Minute), signing),
		"tampered": tampered, "unsigned": unsigned, "restamped": restamped, "altered": altered,
	} {
		if code := do(r); code != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, code)
		}
	}
	if code := do(good); code != http.StatusOK {
		t.Fatalf("%d", code)
	}
	_, err := o.Cancel(t.Context(), o.As("ada"), "r1")
	o.Must(err)
	again := request("/slack/commands", body, o.Now(), signing)
	again.Header = good.Header
	if code := do(again); code != http.StatusConflict {
		t.Errorf("again: %d", code)
	}
	upper := request("/slack/commands", body, o.Now(), signing)
	upper.Header = good.Header.Clone()
	upper.Header.Set("X-Slack-Signature", "v0="+strings.ToUpper(good.Header.Get("X-Slack-Signature")[3:]))
	if code := do(upper); code != http.StatusConflict {
		t.Errorf("again in upper case: %d", code)
	}
	found, err := o.Requests(t.Context(), desk.Operator("operator:test"), desk.Query{})
	if err != nil || len(found) != 1 {
		t.Errorf("%d requests, %v", len(found), err)
	}
}

// Slack waits three seconds. With its own API hanging, commands and buttons are
// acknowledged at once, and done when it is back; a form is answered in time.
func TestAnsweredInTimeWhileSlackHangs(t *testing.T) {
	o := open(t)
	o.slack.stuck = make(chan struct{})
	call := func(path string, form url.Values) (*httptest.ResponseRecorder, time.Duration) {
		w := httptest.NewRecorder()
		began := time.Now()
		o.mux.ServeHTTP(w, request(path, form.Encode(), o.Now(), signing))
		return w, time.Since(began)
	}
	form := url.Values{"payload": {`{"type":"view_submission","user":{"id":"UADA"},"view":{"id":"V1","type":"modal","callback_id":"ask"}}`}}
	if w, took := call("/slack/interactions", form); w.Code != http.StatusOK || took > 3*time.Second || !strings.Contains(w.Body.String(), "Slack cannot be reached") {
		t.Errorf("a form: %d %s after %s", w.Code, w.Body, took)
	}
	command := url.Values{"user_id": {"UADA"}, "text": {"prod-db 1h because look"}, "response_url": {o.slack.URL + "/respond"}}
	if w, took := call("/slack/commands", command); w.Code != http.StatusOK || w.Body.Len() > 0 || took > time.Second {
		t.Errorf("a command: %d %s after %s", w.Code, w.Body, took)
	}
	close(o.slack.stuck)
	o.Must(o.app.Close())
	has(t, o.slack.reply(), "r1: you asked for prod-db for 1h")
}

// What Slack or somebody sends once more, signed anew, does nothing twice.
func TestOnceMore(t *testing.T) {
	o := open(t)
	o.slash("UADA", "prod-db 1h because look")
	has(t, o.slash("UADA", "prod-db 1h because look"), "r1 already asks for prod-db")
	o.tell()
	for range 2 {
		o.press("UOTTO", "approve", "r1:1")
	}
	has(t, o.slack.reply(), "r1 needs no more: it is approved")
	o.press("UOLGA", "approve", "r1:1")
	has(t, o.slack.reply(), "r1 needs no more: it is approved")
	o.press("UOLGA", "deny", "r1:1")
	got := o.submit("UOLGA", "deny", "r1:1", map[string]string{"reason": "no"})
	if faults, _ := json.Marshal(got); !strings.Contains(string(faults), "was approved at") {
		t.Errorf("%s", faults)
	}
	o.Work()
	if held := o.Holds("role/readonly"); len(held) != 1 {
		t.Errorf("%q", held)
	}
}

// The hub calls no address that is not Slack's, whatever a request says.
func TestRepliesGoToSlackAlone(t *testing.T) {
	o := open(t)
	called := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	t.Cleanup(other.Close)
	body := "user_id=UADA&text=mine&response_url=" + other.URL
	w := httptest.NewRecorder()
	o.mux.ServeHTTP(w, request("/slack/commands", body, o.Now(), signing))
	o.Must(o.app.Close())
	if called || w.Code != http.StatusOK {
		t.Errorf("called %v, %d", called, w.Code)
	}
}

// With more groups than Slack lists, people search; what they find is what they may ask for.
func TestManyGroups(t *testing.T) {
	var b strings.Builder
	b.WriteString("groups:\n")
	for i := range 120 {
		b.WriteString("  - {name: g" + strings.Repeat("x", i%3) + string(rune('a'+i%26)) + string(rune('a'+i/26)) + `, owners: ["user:olga"], access: ["app:role/a"], request: {approve: [{by: owners}]}}` + "\n")
	}
	o := openWith(t, b.String()+"rules: []\n")
	o.slash("UADA", "")
	form, _ := json.Marshal(o.slack.views[0])
	has(t, string(form), `"type":"external_select"`, `"min_query_length":0`)
	w := o.interact(map[string]any{"type": "block_suggestion", "user": map[string]any{"id": "UADA"}, "action_id": "group", "block_id": "group", "value": "gxxca"})
	has(t, w.Body.String(), `{"options":[{"text":`, `"value":"gxxca"`)
}

// What Slack refuses for good is given up, the rest is tried again.
func TestFaultsOfSlack(t *testing.T) {
	for says, c := range map[string]struct {
		method, says string
		final, waits bool
	}{
		"users_not_found": {"users.lookupByEmail", "users_not_found", true, false},
		"invalid_auth":    {"chat.postMessage", "invalid_auth", false, false},
		"ratelimited":     {"chat.postMessage", "", false, true},
	} {
		o := open(t)
		o.slack.fail[c.method] = says
		_, err := o.app.Send(t.Context(), notify.Message{To: notify.Recipient{UserN: 1, Name: "ada", Email: "ada@example.com"}, Words: notify.Words{Subject: "x"}})
		var f *notify.Fault
		if !errors.As(err, &f) || f.Final != c.final || f.RetryAt.IsZero() == c.waits || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), token) {
			t.Errorf("%s: %+v", says, f)
		}
	}
}
