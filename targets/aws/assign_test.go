package aws

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/aws/awssim"
)

const readerSet = "Reader@111122223333"

func set(id string) identity.Entitlement {
	return identity.Entitlement{Target: "t", Kind: PermissionSet, ID: id}
}

func op(action targets.Action, who string, e identity.Entitlement) targets.Op {
	return targets.Op{Action: action, Account: targets.Account{Name: who, Active: true}, Entitlement: e}
}

// counted counts the calls of a system by name.
type counted struct {
	*awssim.System
	mu    sync.Mutex
	calls map[string]int
}

func (c *counted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	_, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	c.calls[name]++
	c.mu.Unlock()
	c.System.ServeHTTP(w, r)
}

func (c *counted) of(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls[name]
}

// slow is a rig in whose AWS an assignment takes an hour.
func slow(t testing.TB) *rig {
	r := newRig(t, awssim.Options{Lag: time.Hour}, nil)
	r.system.Seed(targets.State{
		Accounts:     []targets.Account{{Name: "ada", Active: true}, {Name: "bob", Active: true}},
		Entitlements: []targets.Entitlement{{Address: set(readerSet)}, {Address: set("Admin@111122223333")}},
	})
	return r
}

func apply(t testing.TB, target targets.Target, ops ...targets.Op) []targets.Result {
	t.Helper()
	return target.Apply(t.Context(), ops)
}

func outcomes(results []targets.Result) string {
	var out []string
	for _, r := range results {
		out = append(out, string(r.Outcome))
	}
	return strings.Join(out, " ")
}

// What takes longer than we wait is pending: it is not sent again, is not shown as
// held, keeps others of the same place waiting, and is there in the end.
func TestSlowAssignment(t *testing.T) {
	r := slow(t)
	add := op(targets.Add, "ada", set(readerSet))
	if got := outcomes(apply(t, r.target, add, op(targets.Add, "ada", set("Admin@111122223333")))); got != "pending pending" {
		t.Fatal(got)
	}
	if got := r.count("CreateAccountAssignment"); got != 2 {
		t.Errorf("begun %d times", got)
	}
	again := apply(t, r.target, add, op(targets.Add, "bob", set(readerSet)), op(targets.Remove, "ada", set(readerSet)))
	if got := outcomes(again); got != "pending throttled throttled" {
		t.Errorf("again: %s", got)
	}
	if at := again[1].RetryAt; at.Before(r.Clock.Now()) || at.After(r.Clock.Now().Add(time.Minute)) {
		t.Errorf("bob is to come back at %s", at)
	}
	if got := r.count("CreateAccountAssignment"); got != 2 {
		t.Errorf("begun %d times after asking again", got)
	}
	if s, err := targets.ReadState(t.Context(), r.target, targets.Query{}); err != nil || len(s.Assignments) != 0 {
		t.Errorf("shown as held: %v, %v", s.Assignments, err)
	}
	r.Clock.Advance(2 * time.Hour)
	if got := outcomes(apply(t, r.target, add, op(targets.Add, "bob", set(readerSet)))); got != "already pending" {
		t.Errorf("an hour later: %s", got)
	}
}

// A program that was started anew does not know what the last one began; AWS does.
func TestSlowAssignmentAfterRestart(t *testing.T) {
	r := slow(t)
	for _, action := range []targets.Action{targets.Add, targets.Remove} {
		do := op(action, "ada", set(readerSet))
		if got := outcomes(apply(t, r.target, do)); got != "pending" {
			t.Fatal(action, got)
		}
		before := r.count("CreateAccountAssignment") + r.count("DeleteAccountAssignment")
		restarted := r.open(t, nil)
		if got := outcomes(apply(t, restarted, do, op(action, "bob", set(readerSet)))); action == targets.Add && got != "pending throttled" || !strings.HasPrefix(got, "pending") {
			t.Errorf("%s after a restart: %s", action, got)
		}
		if after := r.count("CreateAccountAssignment") + r.count("DeleteAccountAssignment"); after != before+1 {
			t.Errorf("%s: asked %d times after a restart, want once", action, after-before)
		}
		r.Clock.Advance(2 * time.Hour)
		if got := outcomes(apply(t, restarted, do)); got != "already" {
			t.Errorf("%s an hour later: %s", action, got)
		}
	}
}

// What AWS gives up is explained by its reason.
func TestAssignmentFails(t *testing.T) {
	for reason, want := range map[string]targets.Outcome{
		"Received a 404 status error: Not supported or not found.": targets.Stale,
		"AccessDenied: You do not have permission":                 targets.Refused,
		"Quota of IAM roles exceeded in the account.":              targets.Refused,
		"Rate exceeded": targets.Throttled,
		"Received a 500 status error: Internal server error": targets.Throttled,
	} {
		for _, lag := range []time.Duration{0, time.Second, time.Hour} {
			r := newRig(t, awssim.Options{GivesUp: reason, Lag: lag}, nil)
			r.system.Seed(targets.State{Accounts: []targets.Account{{Name: "ada", Active: true}}, Entitlements: []targets.Entitlement{{Address: set(readerSet)}}})
			add := op(targets.Add, "ada", set(readerSet))
			got := apply(t, r.target, add)[0]
			if lag == time.Hour {
				r.Clock.Advance(2 * time.Hour)
				got = apply(t, r.target, add)[0] // the earlier Apply's, looked at once more
			}
			if got.Outcome != want || !strings.Contains(got.Err.Error(), reason) {
				t.Errorf("%q after %s: %s %v, want %s", reason, lag, got.Outcome, got.Err, want)
			}
		}
	}
}

func TestBusyAndSuspended(t *testing.T) {
	r := slow(t)
	r.system.Suspend("111122223333")
	got := apply(t, r.target, op(targets.Add, "ada", set(readerSet)))[0]
	if got.Outcome != targets.Refused || !strings.Contains(got.Err.Error(), "suspended") {
		t.Errorf("in a suspended account: %s %v", got.Outcome, got.Err)
	}
	s, err := targets.ReadState(t.Context(), r.target, targets.Query{})
	if err != nil || len(s.Entitlements) != 0 {
		t.Errorf("a suspended account is offered: %v %v", s.Entitlements, err)
	}
}

// AWS says "too fast" with 400: a read waits, a write says so.
func TestThrottledInAWSsWords(t *testing.T) {
	body := `{"__type":"com.amazonaws.swbup#ThrottlingException","Message":"Rate exceeded"}`
	r := newRig(t, awssim.Options{}, nil)
	r.system.Seed(targets.State{Accounts: []targets.Account{{Name: "ada", Active: true}}, Entitlements: []targets.Entitlement{{Address: set(readerSet)}}})
	r.Transport.Plant(sim.Fault{Reads: true, Times: 2, Status: 400, Body: body, ContentType: "application/x-amz-json-1.1"})
	if s, err := targets.ReadState(t.Context(), r.target, targets.Query{}); err != nil || len(s.Accounts) != 1 {
		t.Errorf("%v %v", s, err)
	}
	r.Transport.Heal()
	r.Transport.Plant(sim.Fault{Writes: true, Times: 1, Status: 400, Body: body, ContentType: "application/x-amz-json-1.1"})
	add := op(targets.Add, "ada", set(readerSet))
	if got := apply(t, r.target, add)[0]; got.Outcome != targets.Throttled {
		t.Errorf("%s %v", got.Outcome, got.Err)
	}
	r.Clock.Advance(time.Minute)
	if got := apply(t, r.target, add)[0]; got.Outcome != targets.Done {
		t.Errorf("%s %v", got.Outcome, got.Err)
	}
}
