package reconcile_test

import (
	"context"
	"fmt"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/reconcile"
	"birthright/store"
	"birthright/targets"
)

// wide is a policy that gives everybody ten groups, each with an entitlement.
var wide = func() string {
	var b strings.Builder
	b.WriteString("rules:\n")
	for i := range 10 {
		fmt.Fprintf(&b, "  - {name: by-dimension-%d, when: 'user.attributes[\"d%d\"] != \"\"', groups: [\"g%d-{attributes.d%d}\"]}\n", i, i, i, i)
	}
	b.WriteString("templates:\n  - {match: \"g*\", access: [\"app:group/{name}\"]}\n")
	return b.String()
}()

// dimensions are how many different values each attribute has.
var dimensions = []int{1, 2, 5, 10, 40, 100, 200, 300, 400, 400}

func dimensioned(i int) identity.Attributes {
	a := identity.Attributes{
		"displayName": {fmt.Sprint("Person Number ", i)}, "email": {fmt.Sprintf("user%06d@example.com", i)},
		"department": {fmt.Sprint("Department ", i%40)}, "title": {"Engineer"},
	}
	for d, values := range dimensions {
		a.Set(fmt.Sprint("d", d), fmt.Sprint("v", i%values))
	}
	return a
}

// populated makes a hub with n people who have what they should, ten
// memberships each, on one target.
func populated(b *testing.B, n int) *hub {
	b.Helper()
	h := newHub(b, wide, func(o *reconcile.Options) {
		o.Destinations = o.Destinations[:1]
		o.Destinations[0].Limits = noLimits
		o.Refresh = func(context.Context, []int64) error { return nil }
	})
	seed := targets.State{}
	for from := 0; from < n; from += 5000 {
		var users []*identity.User
		for i := from; i < min(from+5000, n); i++ {
			name := fmt.Sprintf("user%06d", i)
			users = append(users, &identity.User{UserName: name, State: identity.Active, Attributes: dimensioned(i)})
			seed.Accounts = append(seed.Accounts, targets.Account{Name: name, Active: true, Attributes: dimensioned(i)})
			for d, values := range dimensions {
				seed.Assignments = append(seed.Assignments, targets.Assignment{
					AccountID: name, Entitlement: identity.Entitlement{Target: "app", Kind: "group", ID: fmt.Sprintf("g%d-v%d", d, i%values)},
				})
			}
		}
		h.update(func(ctx context.Context, tx *store.Tx) error { return tx.SaveUsers(ctx, users) })
	}
	h.app.Seed(seed)
	start := time.Now()
	h.same("changes", len(told(h.full())), 0) // everything is adopted
	b.Logf("%d people adopted in %v", n, time.Since(start))
	return h
}

// move changes one attribute of a person, as the intake would, and returns how
// long it takes until every target has it.
func (h *hub) move(i int, value string) time.Duration {
	h.Helper()
	h.update(func(ctx context.Context, tx *store.Tx) error {
		u, err := tx.UserByName(ctx, fmt.Sprintf("user%06d", i))
		if err != nil {
			return err
		}
		u.Attributes.Set("d4", value)
		if err := tx.SaveUsers(ctx, []*identity.User{&u}); err != nil {
			return err
		}
		return tx.EnqueueWork(ctx, []store.Work{{UserN: u.N}})
	})
	start := time.Now()
	if n, err := h.Step(h.Context()); n != 1 || err != nil {
		h.Fatal(n, err)
	}
	return time.Since(start)
}

// BenchmarkOneChange compares what one person's change costs among a thousand
// people, the floor, with what it costs among a hundred thousand.
func BenchmarkOneChange(b *testing.B) {
	small, large := populated(b, 1_000), populated(b, 100_000)
	var few, many []time.Duration
	for i := 0; b.Loop(); i++ {
		value := fmt.Sprint("v", i%39)
		few, many = append(few, small.move(i%1000, value)), append(many, large.move(i%1000, value))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(few).Seconds()*1000, "ms-at-1000")
	b.ReportMetric(median(many).Seconds()*1000, "ms-at-100000")
	b.ReportMetric(float64(median(many))/float64(median(few)), "ratio")
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

// BenchmarkNothingToDo is a full run over a hundred thousand people with a
// million memberships who all have what they should. The floor is reading the
// same rows from the store and the same contents from the target.
func BenchmarkNothingToDo(b *testing.B) {
	h := populated(b, 100_000)
	ctx := b.Context()
	var floor, run time.Duration
	peak := peakHeap(b)
	for b.Loop() {
		start := time.Now()
		h.view(func(ctx context.Context, tx *store.Tx) error {
			h.must(tx.EachUser(ctx, func(identity.User) error { return nil }))
			h.must(tx.EachMembership(ctx, func(store.MembershipRow) error { return nil }))
			h.must(tx.EachAccount(ctx, 1, func(store.AccountRow) error { return nil }))
			return tx.EachAssignment(ctx, 1, func(store.AssignmentRow) error { return nil })
		})
		_, err := h.app.Read(ctx, targets.Query{}, nothing{})
		h.must(err)
		floor += time.Since(start)
		head, applies := h.auditHead(), h.app.Counts().Applies
		start = time.Now()
		report := h.full()
		run += time.Since(start)
		h.same("changes", len(told(report)), 0)
		h.same("calls", h.app.Counts().Applies, applies)
		h.same("audit", h.auditHead(), head)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(floor.Seconds()/float64(b.N), "s-floor")
	b.ReportMetric(run.Seconds()/float64(b.N), "s-run")
	b.ReportMetric(run.Seconds()/floor.Seconds(), "ratio")
	b.ReportMetric(float64(peak())/(1<<20), "MB-peak-heap")
}

// nothing is a sink that drops everything.
type nothing struct{}

func (nothing) Account(targets.Account) error         { return nil }
func (nothing) Entitlement(targets.Entitlement) error { return nil }
func (nothing) Assignment(targets.Assignment) error   { return nil }

// peakHeap watches the heap, the target's own contents included, until its
// answer is asked for.
func peakHeap(b *testing.B) func() uint64 {
	ctx, stop := context.WithCancel(b.Context())
	result := make(chan uint64)
	go func() {
		var peak uint64
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			metrics.Read(sample)
			peak = max(peak, sample[0].Value.Uint64())
			select {
			case <-tick.C:
			case <-ctx.Done():
			}
		}
		result <- peak
	}()
	return func() uint64 { stop(); return <-result }
}
