package slack

import (
	"slices"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/slack/slacksim"

	"github.com/google/go-cmp/cmp"
)

func account(name string) targets.Account { return targets.Account{Name: name + domain, Active: true} }

func op(action targets.Action, name string, e identity.Entitlement) targets.Op {
	return targets.Op{Action: action, Account: account(name), Entitlement: e}
}

// do applies ops in one call and writes their outcomes.
func (r *rig) do(t testing.TB, ops ...targets.Op) string {
	t.Helper()
	var out []string
	for _, res := range r.target.Apply(t.Context(), ops) {
		out = append(out, string(res.Outcome))
		if res.Err != nil {
			t.Log(res.Err)
		}
	}
	return strings.Join(out, " ")
}

// held writes who holds what.
func (r *rig) held(t testing.TB) []string {
	t.Helper()
	s, err := targets.ReadState(t.Context(), r.target, targets.Query{})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, a := range s.Accounts {
		names[a.ID] = strings.TrimSuffix(a.Name, domain)
	}
	var out []string
	for _, a := range s.Assignments {
		out = append(out, names[a.AccountID]+" "+a.Entitlement.Kind+"/"+a.Entitlement.ID)
	}
	slices.Sort(out)
	return out
}

func same[V any](t testing.TB, what string, got, want V) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

var eng, dev = ent(kindGroup, "eng"), ent(kindChannel, "dev")

// staff are ada, bob and eve, and a user group and channel for them.
func staff(holds ...targets.Assignment) targets.State {
	return targets.State{
		Accounts:     []targets.Account{account("ada"), account("bob"), account("eve")},
		Entitlements: []targets.Entitlement{{Address: eng}, {Address: dev}},
		Assignments:  holds,
	}
}

func in(name string, e identity.Entitlement) targets.Assignment {
	return targets.Assignment{AccountID: name + domain, Entitlement: e}
}

// All changes of one user group in a call are one write, and all who come to a channel
// one invitation.
func TestChangesTravelTogether(t *testing.T) {
	r := newRig(t, nil)
	r.seed(t, staff(in("eve", eng), in("eve", dev)))
	r.held(t)
	before, _ := r.Transport.Calls()
	ops := []targets.Op{op("add", "ada", eng), op("add", "bob", eng), op("remove", "eve", eng), op("add", "ada", dev), op("add", "bob", dev)}
	s, err := targets.ReadState(t.Context(), r.target, targets.Query{Entitlements: []identity.Entitlement{}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range ops {
		for _, a := range s.Accounts {
			if a.Name == ops[i].Account.Name {
				ops[i].Account.ID = a.ID
			}
		}
	}
	between, _ := r.Transport.Calls()
	same(t, "outcomes", r.do(t, ops...), "done done done done done")
	after, _ := r.Transport.Calls()
	if after-between != 4 { // list, update, invite, list
		t.Errorf("%d requests, want 4 (%d before)", after-between, between-before)
	}
	same(t, "held", r.held(t), []string{"ada channel/dev", "ada usergroup/eng", "bob channel/dev", "bob usergroup/eng", "eve channel/dev"})
	same(t, "operations that Slack describes", r.system.spec.Seen(), []string{
		"GET /conversations.list", "GET /conversations.members", "GET /usergroups.list", "GET /users.list", "POST /conversations.invite", "POST /usergroups.users.update",
	})
}

// A user group cannot be empty: the last one who goes disables it, and the first one
// who comes has it to himself: the old list does not come back.
func TestTheLastMember(t *testing.T) {
	for _, hidden := range []bool{false, true} {
		r := newRig(t, func(_ *Config, o *slacksim.Options) { o.HideDisabled = hidden })
		r.seed(t, staff(in("ada", eng)))
		same(t, "taken", r.do(t, op("remove", "ada", eng)), "done")
		same(t, "again", r.do(t, op("remove", "ada", eng)), "already")
		same(t, "held", r.held(t), nil)
		same(t, "given", r.do(t, op("add", "bob", eng)), "done")
		same(t, "held", r.held(t), []string{"bob usergroup/eng"})
	}
}

// What others changed since our last read stays: the list is read right before it is
// replaced.
func TestOthersChangesStay(t *testing.T) {
	r := newRig(t, nil)
	r.seed(t, staff(in("ada", eng)))
	r.held(t)
	r.seed(t, targets.State{Assignments: []targets.Assignment{in("eve", eng)}})
	same(t, "given", r.do(t, op("add", "bob", eng)), "done")
	same(t, "held", r.held(t), []string{"ada usergroup/eng", "bob usergroup/eng", "eve usergroup/eng"})
}

// Somebody else replaces the list right after us, from one that they read before: what
// we did is done again, and what they did stays.
func TestAnotherWriterRightAfterUs(t *testing.T) {
	r := newRig(t, nil)
	r.seed(t, staff(in("ada", eng)))
	r.held(t)
	r.Transport.Plant(sim.Fault{Path: "usergroups.list", After: 1, Times: 1, Hit: func() { r.system.Overwrite("eng", "ada"+domain, "eve"+domain) }})
	same(t, "moved", r.do(t, op("add", "bob", eng), op("remove", "ada", eng)), "done done")
	same(t, "held", r.held(t), []string{"bob usergroup/eng", "eve usergroup/eng"})
}

// Two changes of one group at once, from two callers, are both made.
func TestOneWriterForEachGroup(t *testing.T) {
	r := newRig(t, nil)
	r.seed(t, staff())
	r.held(t)
	done := make(chan string, 3)
	for _, name := range []string{"ada", "bob", "eve"} {
		go func() { done <- r.do(t, op("add", name, eng)) }()
	}
	for range 3 {
		same(t, "outcome", <-done, "done")
	}
	same(t, "held", r.held(t), []string{"ada usergroup/eng", "bob usergroup/eng", "eve usergroup/eng"})
}

// Deactivated people who are still in the list are left out of the next one, for Slack
// would refuse it; known beforehand or not.
func TestDeactivatedMembers(t *testing.T) {
	for _, known := range []bool{false, true} {
		r := newRig(t, nil)
		r.seed(t, staff(in("ada", eng), in("eve", eng)))
		r.held(t)
		r.system.Deactivate("eve" + domain)
		if known {
			r.held(t)
		}
		same(t, "given", r.do(t, op("add", "bob", eng)), "done")
		same(t, "held", r.held(t), []string{"ada usergroup/eng", "bob usergroup/eng"})
		s, err := targets.ReadState(t.Context(), r.target, targets.Query{})
		if err != nil {
			t.Fatal(err)
		}
		eve := s.Accounts[slices.IndexFunc(s.Accounts, func(a targets.Account) bool { return a.Name == "eve"+domain })]
		if eve.Active {
			t.Error("eve is shown as active")
		}
		same(t, "given to eve", r.do(t, targets.Op{Action: targets.Add, Account: eve, Entitlement: eng}), "refused")
	}
}

// Channels and groups that we cannot change are shown so, and a change is refused.
func TestReadOnly(t *testing.T) {
	r := newRig(t, nil)
	r.seed(t, staff())
	for name, sort := range map[string]string{"old": "archived", "all": "general", "hq": "elsewhere", "secret": "private"} {
		r.system.Channel(name, sort)
	}
	r.system.External("idp")
	s, err := targets.ReadState(t.Context(), r.target, targets.Query{})
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, e := range s.Entitlements {
		text := e.Address.ID
		if e.ReadOnly {
			text += ", read-only"
			same(t, text, r.do(t, op("add", "ada", e.Address)), "refused")
		}
		shown = append(shown, text)
	}
	same(t, "shown", shown, []string{"all, read-only", "dev", "hq, read-only", "old, read-only", "eng", "idp, read-only"})
	same(t, "a private channel without the app", r.do(t, op("add", "ada", ent(kindChannel, "secret"))), "stale")
}

// Slack's tiers are kept, and where it says to wait all the same, in an answer with
// status 200 as well, nothing counts as refused.
func TestTiers(t *testing.T) {
	r := newRig(t, func(c *Config, o *slacksim.Options) { c.Limits, o.PerMinute = nil, 20 })
	r.seed(t, staff())
	r.held(t)
	refusals := 0
	for i := range 60 {
		action := []targets.Action{targets.Add, targets.Remove}[i%2]
		res := r.target.Apply(t.Context(), []targets.Op{{Action: action, Account: targets.Account{ID: "U000000001"}, Entitlement: eng}})[0]
		if f := httpkit.AsFailure(res.Err); f != nil && f.Status != 0 {
			refusals++
		}
		if res.Outcome == targets.Throttled {
			r.Clock.Advance(res.RetryAt.Sub(r.Clock.Now()))
		}
	}
	if refusals > 0 {
		t.Errorf("%d refusals", refusals)
	}
	r.Clock.Advance(time.Hour)
	r.Transport.Plant(sim.Fault{Writes: true, Status: 200, Body: `{"ok":false,"error":"ratelimited"}`, Header: map[string]string{"Retry-After": "30"}, Times: 1})
	res := r.target.Apply(t.Context(), []targets.Op{op("add", "ada", dev)})[0]
	if res.Outcome != targets.Throttled || !res.RetryAt.Equal(r.Clock.Now().Add(30*time.Second)) {
		t.Errorf("told to wait with status 200: %+v", res)
	}
}

// What Slack answers when it is not well leaves it open what became of the change.
func TestWords(t *testing.T) {
	r := newRig(t, nil)
	r.seed(t, staff())
	r.held(t)
	for word, want := range map[string]string{
		"fatal_error": "unknown", "internal_error": "unknown", "restricted_action": "refused", "channel_not_found": "stale", "token_revoked": "refused unreached",
	} {
		r.Transport.Plant(sim.Fault{Writes: true, Status: 200, Body: `{"ok":false,"error":"` + word + `"}`, Times: 1})
		got := r.do(t, op("add", "ada", dev), op("add", "bob", eng))
		first, second, _ := strings.Cut(got, " ")
		if wanted, _, halts := strings.Cut(want, " "); first != wanted || halts && second != "refused" {
			t.Errorf("%s: %s", word, got)
		}
		r.Transport.Heal()
		r.do(t, op("remove", "bob", eng))
	}
}

// A token that may not read addresses would make strangers of everybody: that is an
// error and no empty list.
func TestWithoutAddresses(t *testing.T) {
	r := newRig(t, func(_ *Config, o *slacksim.Options) { o.HideEmail = true })
	r.seed(t, staff())
	_, err := targets.ReadState(t.Context(), r.target, targets.Query{})
	if identity.KindOf(err) != identity.Denied || !strings.Contains(err.Error(), "users:read.email") {
		t.Errorf("%v", err)
	}
}

// The probe names the scope that is missing.
func TestProbe(t *testing.T) {
	r := newRig(t, func(_ *Config, o *slacksim.Options) {
		o.Scopes = []string{"users:read", "users:read.email", "usergroups:read", "channels:read", "groups:read", "channels:manage", "groups:write"}
	})
	report, err := r.target.Probe(t.Context())
	if err != nil || !report.Reachable || report.Version != "workspace Acme" {
		t.Fatalf("%+v, %v", report, err)
	}
	for _, f := range report.Findings {
		if f.OK == (f.Check == "change user groups") || !f.OK && !strings.Contains(f.Remedy, "usergroups:write") {
			t.Errorf("%+v", f)
		}
	}
	r = newRig(t, func(_ *Config, o *slacksim.Options) { o.Token = "another" })
	report, err = r.target.Probe(t.Context())
	if err != nil || !report.Reachable || len(report.Findings) != 1 || !strings.Contains(report.Findings[0].Remedy, "check token") {
		t.Errorf("%+v, %v", report, err)
	}
}

// By default people are known by their e-mail address.
func TestNamesComeFromTheAddress(t *testing.T) {
	r := newRig(t, func(c *Config, _ *slacksim.Options) { c.Users.Address = "" })
	r.seed(t, targets.State{Accounts: []targets.Account{{Name: "ada", Active: true, Attributes: identity.Attributes{"email": {"Ada@Example.com"}}}}})
	s, err := targets.ReadState(t.Context(), r.target, targets.Query{})
	if err != nil {
		t.Fatal(err)
	}
	want := r.target.Normalise(targets.Account{Name: "ada", Active: true, Attributes: identity.Attributes{"email": {"Ada@Example.com"}, "title": {"x"}}})
	want.ID = s.Accounts[0].ID
	same(t, "account", s.Accounts, []targets.Account{want})
}

func TestValidate(t *testing.T) {
	c := &Config{Channels: []string{"#dev", "[", "eng-*"}}
	var all []string
	for _, err := range c.Validate() {
		all = append(all, err.Error())
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{"token is missing", "channels[0]", "channels[1]"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said: %s", want, text)
		}
	}
	if len(all) != 3 {
		t.Errorf("%d faults: %s", len(all), text)
	}
	if _, err := c.over(targets.Env{Map: []targets.Mapping{{To: "a", From: "b"}}}, nil); identity.KindOf(err) != identity.Invalid {
		t.Errorf("a map: %v", err)
	}
}
