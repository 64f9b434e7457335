package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"birthright/identity"
	"birthright/plan"
	"birthright/reconcile"
	"birthright/store"
	"birthright/targets"
	"birthright/targets/memory"
)

// observed renders what is kept of who holds what on a target: "holder entitlement
// minutes since noon", of a stranger by its account's name, and "past" for what is
// gone.
func (h *hub) observed(target string) (now, past []string) {
	h.Helper()
	now, past = []string{}, []string{}
	h.view(func(ctx context.Context, tx *store.Tx) error {
		state, err := tx.TargetState(ctx, target)
		h.must(err)
		ents, err := tx.Entitlements(ctx, target)
		h.must(err)
		address := map[int64]string{}
		for _, e := range ents {
			address[e.N] = e.Address.Kind + "/" + e.Address.ID
		}
		strangers, err := tx.StrangersOn(ctx, state.N)
		h.must(err)
		name := map[int64]string{}
		for _, s := range strangers {
			name[s.N] = "(" + s.Name + ")"
		}
		h.must(tx.EachUser(ctx, func(u identity.User) error { name[u.N] = u.UserName; return nil }))
		minutes := func(t time.Time) string { return fmt.Sprintf("%.0f", t.Sub(noon).Minutes()) }
		layers, err := tx.HoldingsOn(ctx, state.N)
		h.must(err)
		for _, l := range layers {
			for _, n := range l.Holders.ToArray() {
				line := fmt.Sprintf("%s %s %s", name[int64(n)], address[l.EntN], minutes(l.Since))
				if l.Indirect {
					line += " indirect"
				}
				now = append(now, line)
			}
		}
		return tx.EachPastHolding(ctx, noon.Add(-time.Hour), noon.AddDate(1, 0, 0), func(p store.PastHolding) error {
			if p.TargetN == state.N {
				past = append(past, fmt.Sprintf("%s %s %s-%s", name[p.Holder], address[p.EntN], minutes(p.Since), minutes(p.Until)))
			}
			return nil
		})
	})
	slices.Sort(now)
	slices.Sort(past)
	return now, past
}

func (h *hub) sighting(target string) (s store.Sighting) {
	h.Helper()
	h.view(func(ctx context.Context, tx *store.Tx) error {
		state, err := tx.TargetState(ctx, target)
		h.must(err)
		s, err = tx.Sighting(ctx, state.N)
		return err
	})
	return s
}

func TestWhatTargetsHoldIsKept(t *testing.T) {
	h := newHub(t, company, nil)
	h.join("ada", "department", "Engineering")
	h.join("bob", "department", "Sales")
	h.app.Seed(targets.State{
		Accounts: []targets.Account{{ID: "ada", Name: "ada", Active: true}, {ID: "svc", Name: "svc", Active: true}, {ID: "cyd", Name: "cyd", Active: true}},
		Assignments: []targets.Assignment{
			{AccountID: "ada", Entitlement: entitlement("app:group/secret")}, {AccountID: "svc", Entitlement: entitlement("app:group/secret")},
			{AccountID: "cyd", Entitlement: entitlement("app:group/all")},
		},
	})
	h.full()
	now, past := h.observed("app")
	h.same("at first", now, []string{"(cyd) group/all 0", "(svc) group/secret 0", "ada group/secret 0"})
	h.same("gone at first", past, []string{})
	h.pass(10 * time.Minute)
	h.join("cyd", "department", "Sales")
	h.byHand("bob", "app:group/secret")
	h.full()
	now, past = h.observed("app")
	want := []string{
		"(svc) group/secret 0", "ada group/all 10", "ada group/engineers 10", "ada group/secret 0", "bob group/all 10", "bob group/secret 10", "bob group/sellers 10", "cyd group/all 0",
	}
	h.same("later: what the hub gave, by hand, and of the stranger who is somebody now", now, want)
	h.same("gone later", past, []string{})
	h.pass(10 * time.Minute)
	h.app.TakeAway("ada", entitlement("app:group/secret"))
	h.app.Drop("svc")
	h.full()
	now, past = h.observed("app")
	h.same("in the end", now, []string{"ada group/all 10", "ada group/engineers 10", "bob group/all 10", "bob group/secret 10", "bob group/sellers 10", "cyd group/all 0", "cyd group/sellers 20"})
	h.same("gone in the end", past, []string{"(svc) group/secret 0-20", "ada group/secret 0-20"})
	s := h.sighting("app")
	h.same("first and last look", []float64{s.First.Sub(noon).Round(time.Minute).Minutes(), s.Last.Sub(noon).Round(time.Minute).Minutes()}, []float64{0, 20})
	h.quiet()
}

// shy lets nobody read what policies do not speak of.
type shy struct{ *memory.Target }

func (s shy) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	if q.Entitlements == nil {
		return targets.End{}, &identity.Error{Kind: identity.Denied, Err: errors.New("groups of others are not yours to read")}
	}
	return s.Target.Read(ctx, q, sink)
}

func TestTargetThatIsReadInPart(t *testing.T) {
	h := newHub(t, company, func(o *reconcile.Options) {
		o.Destinations[0].Target = shy{o.Destinations[0].Target.(*memory.Target)}
		o.Destinations[1].GovernedOnly = true
	})
	h.join("ada", "department", "Engineering")
	h.byHand("ada", "app:group/secret")
	h.full()
	h.onApp("ada: group/all group/engineers group/secret")
	h.full()
	now, _ := h.observed("app")
	h.same("seen", now, []string{"ada group/all 0", "ada group/engineers 0"})
	if gap := h.sighting("app").Gap; !strings.Contains(gap, "groups of others are not yours") {
		t.Errorf("the gap is %q", gap)
	}
	if gap := h.sighting("wiki").Gap; !strings.Contains(gap, "observe: governed") {
		t.Errorf("the gap is %q", gap)
	}
	h.quiet()
}

// order has somebody lose something.
func (h *hub) order(holder int64, address string) *store.OrderRow {
	h.Helper()
	o := &store.OrderRow{Holder: holder, Account: "x", Entitlement: entitlement(address), By: "user:boss", Reason: "not needed"}
	h.update(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddOrders(ctx, []*store.OrderRow{o}); err != nil || identity.IsStranger(holder) {
			return err
		}
		return tx.EnqueueWork(ctx, []store.Work{{Target: o.Target, UserN: holder, Removal: true}})
	})
	return o
}

func (h *hub) orders(ids ...string) []string {
	h.Helper()
	out := []string{}
	h.view(func(ctx context.Context, tx *store.Tx) error {
		rows, err := tx.OrdersByID(ctx, ids)
		for _, o := range rows {
			out = append(out, o.ID+" "+o.Outcome)
		}
		return err
	})
	return out
}

func TestWhatIsOrderedGoesAndIsSeenToBeGone(t *testing.T) {
	h := newHub(t, company, settings(func(d *reconcile.Destination) { d.Settings.Unmanaged, d.Limits.Removals = plan.Ignore, 0 }))
	h.join("ada", "department", "Engineering")
	h.byHand("ada", "app:group/secret")
	h.byHand("ada", "app:group/sellers")
	h.byHand("svc", "app:group/secret")
	h.full()
	ada := h.number("ada")
	a, given := h.order(ada, "app:group/secret"), h.order(ada, "app:group/engineers")
	missing := h.order(ada, "app:group/never")
	h.steps()
	h.onApp("ada: group/all group/engineers group/sellers", "svc: group/secret")
	h.same("ended", h.orders(a.ID, given.ID, missing.ID), []string{a.ID + " gone", given.ID + " given", missing.ID + " gone"})
	b := h.order(identity.FirstStranger, "app:group/secret")
	h.same("planned", told(mustPlan(h, reconcile.Request{})), []string{"app remove svc group/secret planned"})
	h.sync(reconcile.Request{})
	h.onApp("ada: group/all group/engineers group/sellers", "svc:")
	h.same("not seen yet", h.orders(b.ID), []string{b.ID + " "})
	h.sync(reconcile.Request{})
	h.same("seen", h.orders(b.ID), []string{b.ID + " gone"})
	h.orderly()
	h.quiet()
}

func TestWhatAReviewTookAwayStaysAway(t *testing.T) {
	h := newHub(t, company, nil)
	h.join("ada", "department", "Engineering")
	h.full()
	v := &store.RevocationRow{UserN: h.number("ada"), User: "ada", Group: "engineering", By: "user:boss", Reason: "not needed"}
	h.update(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddRevocations(ctx, []*store.RevocationRow{v}); err != nil {
			return err
		}
		return tx.EnqueueWork(ctx, []store.Work{{UserN: v.UserN, Removal: true}})
	})
	h.steps()
	h.onApp("ada: group/all")
	h.onWiki("ada:")
	h.change("ada", "title", "Engineer")
	h.full()
	h.onApp("ada: group/all")
	h.quiet()
	h.update(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LiftRevocations(ctx, []string{v.ID}, "user:boss"); err != nil {
			return err
		}
		return tx.EnqueueWork(ctx, []store.Work{{UserN: v.UserN}})
	})
	h.steps()
	h.onApp("ada: group/all group/engineers")
	h.orderly()
}

// Whatever comes and goes on a target between looks, what is kept is what the looks
// showed: who holds what since which look, and from when to when somebody did.
func TestObservationsAgreeWithAModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := newHub(t, company, settings(func(d *reconcile.Destination) { d.Settings.Unmanaged = plan.Ignore }))
		names := []string{"ada", "bob", "cyd", "dan"}
		ents := []string{"app:group/x", "app:group/y", "app:group/all"}
		type pair struct{ who, what string }
		since, ended, users := map[pair]int{}, map[string]bool{}, map[string]bool{}
		for look := range rapid.IntRange(2, 5).Draw(rt, "looks") {
			for range rapid.IntRange(0, 6).Draw(rt, "steps") {
				who := rapid.SampledFrom(names).Draw(rt, "who")
				switch what := entitlement(rapid.SampledFrom(ents).Draw(rt, "what")); rapid.IntRange(0, 3).Draw(rt, "do") {
				case 0, 1:
					h.byHand(who, what.String())
				case 2:
					h.app.TakeAway(who, what)
				case 3:
					if !users[who] {
						h.join(who)
						users[who] = true
					}
				}
			}
			there, name := map[pair]bool{}, map[string]string{}
			state := h.app.Snapshot()
			for _, a := range state.Accounts {
				name[a.ID] = a.Name
			}
			for _, a := range state.Assignments {
				there[pair{name[a.AccountID], a.Entitlement.Kind + "/" + a.Entitlement.ID}] = true
			}
			minute := look * 10
			for p := range there {
				if _, known := since[p]; !known {
					since[p] = minute
				}
			}
			for p, from := range since {
				if !there[p] {
					ended[fmt.Sprintf("%s %s %d-%d", p.who, p.what, from, minute)] = true
					delete(since, p)
				}
			}
			h.full()
			now, past := h.observed("app")
			var wantNow, wantPast []string
			for p, from := range since {
				wantNow = append(wantNow, fmt.Sprintf("%s %s %d", p.who, p.what, from))
			}
			for line := range ended {
				wantPast = append(wantPast, line)
			}
			bare := strings.NewReplacer("(", "", ")", "")
			for i := range now {
				now[i] = bare.Replace(now[i])
			}
			for i := range past {
				past[i] = bare.Replace(past[i])
			}
			slices.Sort(now)
			slices.Sort(past)
			slices.Sort(wantNow)
			slices.Sort(wantPast)
			if !slices.Equal(now, wantNow) || !slices.Equal(past, wantPast) {
				rt.Fatalf("look %d:\nnow  %q\nwant %q\npast %q\nwant %q", look, now, wantNow, past, wantPast)
			}
			h.pass(10 * time.Minute)
		}
	})
}

func (h *hub) number(name string) (n int64) {
	h.Helper()
	h.view(func(ctx context.Context, tx *store.Tx) error {
		u, err := tx.UserByName(ctx, name)
		n = u.N
		return err
	})
	return n
}
