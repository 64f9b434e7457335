package entra

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/ratelimit"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/entra/entrasim"
)

// crowd is a state with so many people, all of them in eng where in is true.
func crowd(n int, in bool) targets.State {
	s := targets.State{Entitlements: []targets.Entitlement{{Address: address("eng")}}}
	for i := range n {
		a := named(fmt.Sprintf("p%03d", i))
		s.Accounts = append(s.Accounts, a)
		if in {
			s.Assignments = append(s.Assignments, targets.Assignment{AccountID: a.Name, Entitlement: address("eng")})
		}
	}
	return s
}

// each makes an op of the action for every account.
func opsFor(action targets.Action, s targets.State) []targets.Op {
	var ops []targets.Op
	for _, a := range s.Accounts {
		ops = append(ops, targets.Op{Action: action, Account: a, Entitlement: address("eng")})
	}
	return ops
}

func outcomes(results []targets.Result) map[targets.Outcome]int {
	out := map[targets.Outcome]int{}
	for _, r := range results {
		out[r.Outcome]++
	}
	return out
}

// Twenty memberships are one request, in either direction.
func TestTwentyAtOnce(t *testing.T) {
	r := newRig(t, description(t), entrasim.Options{}, nil)
	r.target.atOnce = mostAtOnce
	r.org.Seed(crowd(40, false))
	s := r.read(t)
	for _, action := range []targets.Action{targets.Add, targets.Remove} {
		r.Transport.ResetCalls()
		if got := outcomes(r.apply(t, opsFor(action, s)...)); got[targets.Done] != 40 {
			t.Errorf("%s: %v", action, got)
		}
		if n, _ := r.Transport.Calls(); n != 2 {
			t.Errorf("%s of 40: %d requests, want 2", action, n)
		}
	}
}

// A DELETE without /$ref at its end deletes the person.
func TestNobodyIsDeletedByARemoval(t *testing.T) {
	r := newRig(t, description(t), entrasim.Options{}, nil)
	deletes := 0
	r.org.Inner = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodDelete {
			deletes++
			if !strings.HasSuffix(req.URL.Path, "/$ref") {
				t.Errorf("DELETE %s", req.URL.Path)
			}
		}
		r.org.ServeHTTP(w, req)
	})
	r.org.Seed(crowd(7, true))
	s := r.read(t)
	if got := outcomes(r.apply(t, opsFor(targets.Remove, s)...)); got[targets.Done] != 7 || deletes != 7 {
		t.Errorf("%v by %d deletes", got, deletes)
	}
	if after := r.read(t); len(after.Accounts) != 7 || len(after.Assignments) != 0 {
		t.Errorf("%d people and %d memberships are left", len(after.Accounts), len(after.Assignments))
	}
}

// One who is a member already, or gone, costs nobody else their access.
func TestOneOfManyIsRefused(t *testing.T) {
	r := newRig(t, description(t), entrasim.Options{}, nil)
	r.target.atOnce = mostAtOnce
	r.org.Seed(crowd(10, false))
	s := r.read(t)
	r.apply(t, targets.Op{Action: targets.Add, Account: s.Accounts[2], Entitlement: address("eng")})
	r.apply(t, targets.Op{Action: targets.DeleteAccount, Account: s.Accounts[5]})
	r.Transport.ResetCalls()
	results := r.apply(t, opsFor(targets.Add, s)...)
	for i, res := range results {
		want := targets.Done
		switch i {
		case 2:
			want = targets.Already
		case 5:
			want = targets.Stale
		}
		if res.Outcome != want {
			t.Errorf("op %d: %s, %v; want %s", i, res.Outcome, res.Err, want)
		}
	}
	if n, _ := r.Transport.Calls(); n > 3 {
		t.Errorf("%d requests, want 3: one for all, a batch, and a look at who is gone", n)
	}
}

// An answer that is missing in a batch, or tells one of it to wait, is about that one.
func TestAnswersOfABatch(t *testing.T) {
	r := newRig(t, description(t), entrasim.Options{Writes: 4}, nil)
	r.target.atOnce = mostAtOnce
	r.org.Seed(crowd(6, true))
	s := r.read(t)
	results := r.apply(t, opsFor(targets.Remove, s)...)
	got := outcomes(results)
	if got[targets.Done] != 4 || got[targets.Throttled] != 2 {
		t.Errorf("%v, want 4 done and 2 throttled", got)
	}
	for _, res := range results {
		if res.Outcome == targets.Throttled && !res.RetryAt.After(r.Clock.Now()) {
			t.Errorf("%+v does not say until when", res)
		}
	}
	quiet := newRig(t, description(t), entrasim.Options{}, nil)
	quiet.target.atOnce = mostAtOnce
	quiet.org.Seed(crowd(3, true))
	s = quiet.read(t)
	drop := dropper{quiet.org.ServeHTTP}
	quiet.org.handler = drop // the description is not asked about this
	network := tripper(func(req *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		drop.ServeHTTP(w, req)
		return w.Result(), nil
	})
	c := Config{Tenant: "t", ClientID: "app", ClientSecret: ref(t, canary)}
	target, err := c.open(quiet.Env("t"), network)
	if err != nil {
		t.Fatal(err)
	}
	quiet.org.handler = quiet.org.Sim
	got = outcomes(target.Apply(t.Context(), opsFor(targets.Remove, s)))
	if got[targets.Unknown] != 1 || got[targets.Done] != 2 {
		t.Errorf("%v, want one unknown", got)
	}
}

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// dropper leaves one answer of a batch out.
type dropper struct{ next http.HandlerFunc }

func (d dropper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/$batch") {
		d.next(w, r)
		return
	}
	answer := httptest.NewRecorder()
	d.next(answer, r)
	var out struct {
		Responses []json.RawMessage `json:"responses"`
	}
	_ = json.Unmarshal(answer.Body.Bytes(), &out)
	out.Responses = out.Responses[1:]
	data, _ := json.Marshal(out)
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.Copy(w, bytes.NewReader(data))
}

// What was made a moment ago is not there everywhere: that is to wait, and no refusal.
func TestWhatIsNewIsWaitedFor(t *testing.T) {
	r := newRig(t, description(t), entrasim.Options{Lag: 3}, nil)
	ops := []targets.Op{
		{Action: targets.CreateEntitlement, Entitlement: address("eng")},
		{Action: targets.CreateAccount, Account: named("ada")},
		{Action: targets.Add, Account: named("ada"), Entitlement: address("eng")},
	}
	results := r.apply(t, ops...)
	if results[0].Outcome != targets.Done || results[1].Outcome != targets.Done {
		t.Fatalf("%+v", results)
	}
	last := results[2]
	if last.Outcome != targets.Throttled || !last.RetryAt.After(r.Clock.Now()) {
		t.Fatalf("%+v, want throttled for a while", last)
	}
	for range 10 {
		if last.Outcome.OK() {
			break
		}
		r.Clock.Advance(5 * time.Second)
		last = r.apply(t, targets.Op{Action: targets.Add, Account: targets.Account{ID: results[1].AccountID}, Entitlement: address("eng")})[0]
	}
	if s := r.read(t); !last.Outcome.OK() || len(s.Assignments) != 1 {
		t.Errorf("%+v, %d memberships", last, len(s.Assignments))
	}
}

// Entra's budget of writes is kept, so that it never has to say so.
func TestTheBudgetIsKept(t *testing.T) {
	r := newRig(t, description(t), entrasim.Options{Writes: 400}, func(c *Config) {
		c.Limits = []ratelimit.Limit{{Scope: writes, Tokens: 400, Per: 150 * time.Second}}
	})
	r.target.atOnce = mostAtOnce
	r.org.Seed(crowd(900, true))
	r.target.page = 200
	left := opsFor(targets.Remove, r.read(t))
	for range 100 {
		var again []targets.Op
		for i, res := range r.apply(t, left...) {
			if res.Outcome == targets.Throttled {
				again = append(again, left[i])
			} else if !res.Outcome.OK() {
				t.Fatalf("%+v", res)
			}
		}
		if left = again; len(left) == 0 {
			break
		}
		r.Clock.Advance(30 * time.Second)
	}
	if len(left) > 0 || r.org.Refused() > 0 {
		t.Errorf("%d are left; Graph refused %d", len(left), r.org.Refused())
	}
}

// Graph says how near its limit we are: near it, only removals go out; at it, nothing.
func TestThrottlingIsRead(t *testing.T) {
	now := time.Now()
	read := throttling(func() time.Time { return now })
	for text, want := range map[string]int{"": -1, "0.5": -1, "0.8": 4, "1.2": 0, "x": -1} {
		got := read(httpkit.Request{}, http.Header{"X-Ms-Throttle-Limit-Percentage": {text}})
		if reading, ok := got[""]; ok != (want >= 0) || ok && reading.Remaining != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

// Groups of one name are told apart by their ids, and none of them is guessed.
func TestGroupsOfOneName(t *testing.T) {
	r := newRig(t, description(t), entrasim.Options{}, nil)
	r.org.Seed(targets.State{Accounts: []targets.Account{named("ada")}})
	one, two := r.org.Add("twins", nil, "ada"+domain), r.org.Add("twins", nil)
	s := r.read(t)
	if len(s.Entitlements) != 2 || s.Entitlements[0].Address.ID != "#"+one || s.Entitlements[0].Title != "twins" || s.Assignments[0].Entitlement.ID != "#"+one {
		t.Fatalf("%+v", s)
	}
	res := r.apply(t, targets.Op{Action: targets.Add, Account: s.Accounts[0], Entitlement: address("twins")})[0]
	if res.Outcome != targets.Refused || identity.KindOf(res.Err) != identity.Conflict {
		t.Errorf("by the name that both have: %+v, want refused", res)
	}
	r.Clock.Advance(time.Hour) // nothing is remembered
	if res := r.apply(t, targets.Op{Action: targets.Add, Account: s.Accounts[0], Entitlement: address("#" + two)})[0]; res.Outcome != targets.Done {
		t.Errorf("by id: %+v", res)
	}
	got, err := targets.ReadState(t.Context(), r.target, targets.Query{Entitlements: []identity.Entitlement{address("#" + two), address("twins")}})
	if err != nil || len(got.Entitlements) != 1 || len(got.Assignments) != 1 {
		t.Errorf("scoped: %+v, %v", got, err)
	}
}

// What rules, another directory, Exchange or roles own is shown and not changed.
func TestGroupsThatOthersFill(t *testing.T) {
	r := newRig(t, description(t), entrasim.Options{}, nil)
	r.org.Seed(targets.State{Accounts: []targets.Account{named("ada")}})
	r.org.Add("dynamic", map[string]any{"groupTypes": []string{"DynamicMembership"}}, "ada"+domain)
	r.org.Add("premises", map[string]any{"onPremisesSyncEnabled": true}, "ada"+domain)
	r.org.Add("list", map[string]any{"mailEnabled": true}, "ada"+domain)
	r.org.Add("roles", map[string]any{"isAssignableToRole": true}, "ada"+domain)
	r.org.Add("team", map[string]any{"mailEnabled": true, "groupTypes": []string{"Unified"}}, "ada"+domain)
	s := r.read(t)
	for _, e := range s.Entitlements {
		if e.ReadOnly != (e.Address.ID != "team") {
			t.Errorf("%s: read only %v", e.Address, e.ReadOnly)
		}
	}
	for _, a := range s.Assignments {
		if a.Indirect != (a.Entitlement.ID != "team") {
			t.Errorf("%s: indirect %v", a.Entitlement, a.Indirect)
		}
		res := r.apply(t, targets.Op{Action: targets.Remove, Account: s.Accounts[0], Entitlement: a.Entitlement})[0]
		if want := map[bool]targets.Outcome{true: targets.Refused, false: targets.Done}[a.Indirect]; res.Outcome != want {
			t.Errorf("%s: %+v, want %s", a.Entitlement, res, want)
		}
	}
	free := newRig(t, description(t), entrasim.Options{}, func(c *Config) { c.Groups.RoleAssignable = true })
	free.org.Seed(targets.State{Accounts: []targets.Account{named("ada")}})
	free.org.Add("roles", map[string]any{"isAssignableToRole": true})
	if res := free.apply(t, targets.Op{Action: targets.Add, Account: named("ada"), Entitlement: address("roles")})[0]; res.Outcome != targets.Done {
		t.Errorf("allowed: %+v", res)
	}
}

// A group that is there and said not to be must not read as empty.
func TestAGroupThatFlickersIsNotEmpty(t *testing.T) {
	r := newRig(t, description(t), entrasim.Options{}, nil)
	r.org.Seed(crowd(2, true))
	r.Transport.Plant(sim.Fault{Path: "/members", Status: 404, Body: `{"error":{"code":"Request_ResourceNotFound","message":"not there"}}`})
	if s, err := targets.ReadState(t.Context(), r.target, targets.Query{}); identity.KindOf(err) != identity.Incomplete {
		t.Errorf("%+v, %v; want an error", s, err)
	}
}
