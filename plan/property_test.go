package plan_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"birthright/identity"
	"birthright/plan"
	"birthright/targets"
)

// model is a target with what the hub remembers of it, as small as can be.
type model struct {
	account map[int64]*targets.Account
	managed map[int64]bool                    // accounts
	holds   map[int64]map[int64]*plan.Holding // user → entitlement
	exists  map[int64]bool
}

var someAttributes = rapid.Custom(func(t *rapid.T) identity.Attributes {
	a := identity.Attributes{}
	for _, name := range able.Attributes {
		a.Set(name, rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, name))
	}
	return a
})

func someModel(t *rapid.T, people int) *model {
	m := &model{account: map[int64]*targets.Account{}, managed: map[int64]bool{}, holds: map[int64]map[int64]*plan.Holding{}, exists: map[int64]bool{}}
	for e := range int64(8) {
		m.exists[e] = rapid.Bool().Draw(t, "exists")
	}
	for u := range int64(people) {
		m.holds[u] = map[int64]*plan.Holding{}
		if !rapid.Bool().Draw(t, "account") {
			continue
		}
		m.account[u] = &targets.Account{
			ID: fmt.Sprint("id-", u), Name: rapid.SampledFrom([]string{userName(u), "other"}).Draw(t, "name"),
			Active: rapid.Bool().Draw(t, "active"), Attributes: someAttributes.Draw(t, "attributes"),
		}
		m.managed[u] = rapid.Bool().Draw(t, "managed")
		for _, e := range someEntitlements(t) {
			h := plan.Holding{Entitlement: e, Present: m.exists[e] && rapid.Bool().Draw(t, "present"), Managed: rapid.Bool().Draw(t, "ours")}
			h.Vanished = h.Managed && !h.Present && rapid.Bool().Draw(t, "vanished")
			h.Indirect = h.Present && !h.Managed && rapid.Bool().Draw(t, "indirect")
			if h.Present && !h.Indirect && rapid.Bool().Draw(t, "ends") {
				h.NotAfter = evening.Add(rapid.SampledFrom([]time.Duration{0, time.Hour}).Draw(t, "later"))
			}
			m.holds[u][e] = &h
		}
	}
	return m
}

func userName(u int64) string { return fmt.Sprintf("user%02d", u) }

func someEntitlements(t *rapid.T) []int64 {
	list := rapid.SliceOfDistinct(rapid.Int64Range(0, 7), rapid.ID[int64]).Draw(t, "entitlements")
	slices.Sort(list)
	return list
}

func (m *model) actual(u int64) plan.Actual {
	have := plan.Actual{Account: m.account[u], Managed: m.managed[u]}
	for _, e := range slices.Sorted(maps.Keys(m.holds[u])) {
		have.Entitlements = append(have.Entitlements, *m.holds[u][e])
	}
	return have
}

// Entitlement, Exists, Governed, Why and Until make a model a plan.Lookup; e7 is not governed.
func (m *model) Entitlement(n int64) identity.Entitlement { return names{}.Entitlement(n) }
func (m *model) Exists(n int64) bool                      { return m.exists[n] }
func (m *model) Governed(n int64) bool                    { return n != 7 }
func (m *model) Why(u, n int64) []identity.Cause          { return names{}.Why(u, n) }
func (m *model) Until(u, n int64) time.Time               { return names{}.Until(u, n) }

func number(e identity.Entitlement) (n int64) {
	_, _ = fmt.Sscanf(e.ID, "e%d", &n)
	return n
}

// apply makes a plan true, and what it keeps books of.
func (m *model) apply(t *rapid.T, changes []plan.Change, outcomes map[int64]plan.Outcome) {
	for u, o := range outcomes {
		if o.AdoptAccount {
			m.managed[u] = true
		}
		for _, e := range o.Adopt {
			m.holds[u][e].Managed = true
		}
		for _, e := range o.Forget {
			delete(m.holds[u], e)
		}
	}
	for _, c := range changes {
		a, e := m.account[c.UserN], number(c.Entitlement)
		switch c.Action {
		case targets.CreateEntitlement:
			m.exists[e] = true
			continue
		case targets.CreateAccount:
			made := c.Account
			made.ID = fmt.Sprint("id-", c.UserN)
			m.account[c.UserN], m.managed[c.UserN] = &made, true
			continue
		}
		if a == nil && c.Action != targets.Remove {
			t.Fatalf("%s without an account", c.Action)
		}
		switch c.Action {
		case targets.Add:
			if !m.exists[e] {
				t.Fatalf("%v added before it exists", c.Entitlement)
			}
			m.holds[c.UserN][e] = &plan.Holding{Entitlement: e, Present: true, Managed: true, NotAfter: c.NotAfter}
		case targets.Remove:
			if h := m.holds[c.UserN][e]; h.Indirect {
				t.Fatalf("%v is held through something else", c.Entitlement)
			}
			delete(m.holds[c.UserN], e)
		case targets.UpdateAccount:
			a.Name, a.Attributes = c.Account.Name, c.Account.Attributes
		case targets.EnableAccount:
			a.Active = true
		case targets.DisableAccount:
			a.Active = false
		case targets.DeleteAccount:
			for _, h := range m.holds[c.UserN] {
				if h.Managed && h.Present {
					t.Fatalf("account deleted before it was emptied")
				}
			}
			m.account[c.UserN], m.managed[c.UserN], m.holds[c.UserN] = nil, false, map[int64]*plan.Holding{}
		}
	}
}

// everybody plans for all, in the order given.
func everybody(s plan.Settings, wants []plan.Desired, m *model) ([]plan.Change, map[int64]plan.Outcome) {
	var changes []plan.Change
	outcomes := map[int64]plan.Outcome{}
	for _, want := range wants {
		o := plan.User(s, want, m.actual(want.UserN), m)
		outcomes[want.UserN] = o
		changes = append(changes, o.Changes...)
	}
	plan.Sort(changes)
	changes = append(changes, plan.Missing(s, changes, func(c plan.Change) bool { return m.exists[number(c.Entitlement)] })...)
	plan.Sort(changes)
	return changes, outcomes
}

var someSettings = rapid.Custom(func(t *rapid.T) plan.Settings {
	return settings(func(s *plan.Settings) {
		s.Capabilities.NativeExpiry = rapid.Bool().Draw(t, "native expiry")
		s.CreateAccounts = rapid.Bool().Draw(t, "create accounts")
		s.Unmanaged = rapid.SampledFrom([]plan.UnmanagedPolicy{"", plan.Ignore, plan.ReportUnmanaged, plan.RemoveUnmanaged}).Draw(t, "unmanaged")
		s.Leaver = rapid.SampledFrom([]plan.LeaverPolicy{plan.KeepLeaver, plan.DisableLeaver, plan.DeleteLeaver}).Draw(t, "leaver")
		c := &s.Capabilities
		for _, can := range []*bool{&c.CreateAccounts, &c.UpdateAccounts, &c.DisableAccounts, &c.DeleteAccounts, &c.CreateEntitlements} {
			*can = rapid.IntRange(0, 3).Draw(t, "can") > 0
		}
	})
})

func someWants(t *rapid.T, people int) []plan.Desired {
	wants := make([]plan.Desired, people)
	for i := range wants {
		u := int64(i)
		wants[i] = plan.Desired{
			UserN: u, User: userName(u), State: rapid.SampledFrom([]identity.State{identity.Active, identity.Left, identity.Suspended, identity.Staged}).Draw(t, "state"),
			Account: targets.Account{Name: userName(u), Active: true, Attributes: someAttributes.Draw(t, "attributes")},
		}
		if wants[i].State == identity.Active {
			wants[i].Entitlements = someEntitlements(t)
		}
	}
	return wants
}

const people = 4

// TestAPlanCarriedOutLeavesNothingToPlan also says that a plan of equal states
// is empty: what it leaves is one.
func TestAPlanCarriedOutLeavesNothingToPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, wants, m := someSettings.Draw(t, "settings"), someWants(t, people), someModel(t, people)
		changes, outcomes := everybody(s, wants, m)
		m.apply(t, changes, outcomes)
		again, outcomes := everybody(s, wants, m)
		same(t, "changes of the second plan", len(again), 0)
		for _, o := range outcomes {
			same(t, "bookkeeping of the second plan", len(o.Adopt)+len(o.Forget), 0)
			same(t, "adoption of the second plan", o.AdoptAccount, false)
		}
	})
}

func TestAPlanGivesWhatIsWantedAndTakesWhatIsOurs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, wants, m := someSettings.Draw(t, "settings"), someWants(t, people), someModel(t, people)
		before := map[int64]map[int64]plan.Holding{}
		for u, holds := range m.holds {
			before[u] = map[int64]plan.Holding{}
			for e, h := range holds {
				before[u][e] = *h
			}
		}
		changes, outcomes := everybody(s, wants, m)
		m.apply(t, changes, outcomes)
		for _, want := range wants {
			for _, e := range want.Entitlements {
				h := m.holds[want.UserN][e]
				if (h == nil || !h.Present) && !slices.Contains(outcomes[want.UserN].WaitingFor, e) {
					t.Fatalf("%s neither has e%d nor waits for it", want.User, e)
				}
			}
			for e, h := range m.holds[want.UserN] {
				if h.Managed && h.Present && !slices.Contains(want.Entitlements, e) {
					t.Fatalf("%s keeps e%d, which nothing gives", want.User, e)
				}
			}
			for e, h := range before[want.UserN] {
				kept := m.holds[want.UserN][e]
				deleted := m.account[want.UserN] == nil
				if h.Present && !h.Managed && s.Unmanaged != plan.RemoveUnmanaged && !deleted && (kept == nil || !kept.Present) {
					t.Fatalf("e%d of %s was nobody's to take", e, want.User)
				}
			}
		}
	})
}

func TestTheSameInputsInAnyOrderGiveTheSamePlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, wants, m := someSettings.Draw(t, "settings"), someWants(t, people), someModel(t, people)
		first, _ := everybody(s, wants, m)
		shuffle := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		shuffle.Shuffle(len(wants), func(i, j int) { wants[i], wants[j] = wants[j], wants[i] })
		second, _ := everybody(s, wants, m)
		same(t, "plan", fmt.Sprintf("%+v", second), fmt.Sprintf("%+v", first))
		ids := map[string]bool{}
		for _, c := range first {
			if ids[c.ID] {
				t.Fatalf("two changes are called %s", c.ID)
			}
			ids[c.ID] = true
		}
	})
}

func TestOrderedRemovalsAlwaysPass(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var changes []plan.Change
		for i := range rapid.IntRange(0, 20).Draw(t, "changes") {
			c := removal(i)
			c.Ordered = rapid.Bool().Draw(t, "ordered")
			changes = append(changes, c)
		}
		limits := plan.Limits{
			Removals: rapid.IntRange(-1, 20).Draw(t, "removals"), Percent: float64(rapid.IntRange(-1, 100).Draw(t, "percent")),
			Floor: rapid.IntRange(0, 10).Draw(t, "floor"),
		}
		standing := plan.Standing{Managed: rapid.IntRange(0, 100).Draw(t, "managed"), Recent: rapid.IntRange(0, 20).Draw(t, "recent")}
		pass, held := plan.Guard(limits, standing, changes)
		same(t, "nothing is lost", len(pass)+len(held), len(changes))
		unordered := 0
		for _, h := range held {
			if h.Change.Ordered {
				t.Fatalf("%s was ordered and is held", h.Change.ID)
			}
			if h.Reason == "" {
				t.Fatalf("%s is held without a reason", h.Change.ID)
			}
		}
		for _, c := range pass {
			if !c.Ordered {
				unordered++
			}
		}
		if unordered > 0 && len(held) > 0 {
			t.Fatalf("%d went and %d are held: they go together or not at all", unordered, len(held))
		}
		if limits.Removals >= 0 && unordered > 0 && unordered+standing.Recent > limits.Removals {
			t.Fatalf("%d went over the limit %d", unordered+standing.Recent, limits.Removals)
		}
	})
}

func TestStrangersAreNeverTouchedUnlessTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, m := someSettings.Draw(t, "settings"), someModel(t, 1)
		changes, _ := plan.Strangers(s, account("eve"), m.actual(0).Entitlements, m)
		if s.Unmanaged != plan.RemoveUnmanaged && len(changes) > 0 {
			t.Fatalf("%v", changes)
		}
		for _, c := range changes {
			if c.Ordered || c.UserN != 0 {
				t.Fatalf("%+v", c)
			}
		}
	})
}
