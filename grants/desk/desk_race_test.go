package desk_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"birthright/audit"
	"birthright/grants"
	"birthright/grants/desk"
	"birthright/grants/desk/desktest"
	"birthright/identity"
	"birthright/internal/pgtest"
	"birthright/store"
	"birthright/store/storetest"
)

// crowd is by how many a race is run at the same time: each has two who start together
// with all the others.
const crowd = 20

const racePolicy = `
groups:
  - {name: staff, access: ["app:group/all"]}
  - name: prod
    standing: never
    owners: ["user:olga", "user:otto"]
    access: ["app:role/prod"]
    request: {durations: {default: 1h, max: 8h}, expire_after: 4h, extend: {approve: false, max: 16h}}
rules:
  - {name: everybody, when: "true", groups: [staff]}
`

// race is an office in which one round after the other is run.
type race struct {
	*desktest.Office
	t *testing.T
	// user is who gets something in the race that is being prepared or judged.
	user string
}

// runner is a race that is ready: two to start at once, and what must be true of how they
// ended once both are done.
type runner struct {
	one, other func() error
	judge      func(one, other error)
}

// prepare makes what two race for.
type prepare func(r *race) (one, other func() error, judge func(one, other error))

// raced runs many races at the same time, round after round, on both databases.
func raced(t *testing.T, ready prepare) { t.Helper(); onEach(t, rounds, crowd, ready) }

// racedAlone runs one race after the other: those that move the clock.
func racedAlone(t *testing.T, ready prepare) { t.Helper(); onEach(t, alone, 1, ready) }

// onEach runs as many on PostgreSQL as on SQLite.
func onEach(t *testing.T, rounds, crowd int, prepare prepare) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); run(t, "sqlite:"+storetest.SQLite(t), rounds, crowd, prepare) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); run(t, postgres.URL(t), rounds, crowd, prepare) })
}

// postgres is the server for tests on that database.
var postgres = pgtest.New(func(ctx context.Context, url string) error {
	_, err := store.Migrate(ctx, url, store.Options{})
	return err
})

func run(t *testing.T, url string, rounds, crowd int, prepare prepare) {
	t.Helper()
	r := &race{Office: desktest.OpenOn(t, url, racePolicy), t: t}
	r.Join("olga", "otto")
	users := make([]string, crowd)
	for i := range users {
		users[i] = fmt.Sprintf("u%02d", i)
	}
	r.Join(users...)
	r.Full()
	for range rounds {
		all := make([]runner, crowd)
		for i := range all {
			r.user = users[i]
			all[i].one, all[i].other, all[i].judge = prepare(r)
		}
		ended := together(all)
		for i := range all {
			r.user = users[i]
			all[i].judge(ended[i][0], ended[i][1])
		}
		r.orderly()
		r.reset()
		if t.Failed() {
			return
		}
	}
	r.chained()
	t.Logf("%d interleavings", rounds*crowd)
}

// together starts all at the same moment and returns how each ended.
func together(races []runner) [][2]error {
	ended := make([][2]error, len(races))
	var ready, all sync.WaitGroup
	ready.Add(2 * len(races))
	start := func(do func() error, ended *error) {
		all.Go(func() {
			ready.Done()
			ready.Wait()
			*ended = do()
		})
	}
	for i := range races {
		start(races[i].one, &ended[i][0])
		start(races[i].other, &ended[i][1])
	}
	all.Wait()
	return ended
}

// orderly sees that every approved request has one grant and no other has any, and that
// the target holds what is stored.
func (r *race) orderly() {
	r.t.Helper()
	r.Work()
	var open []string
	r.Must(r.DB.View(r.Context(), func(tx *store.Tx) error {
		requests, err := tx.Requests(r.Context(), store.RequestFilter{Limit: 3 * crowd})
		r.Must(err)
		for i := range requests {
			q := &requests[i]
			of, err := tx.GrantsOfRequests(r.Context(), []int64{q.N})
			r.Must(err)
			want := 0
			if q.Outcome == grants.Approved && q.Kind == grants.KindRequest {
				want = 1
			}
			if len(of) != want {
				r.t.Errorf("%s is %q and has %d grants", q.ID, q.Outcome, len(of))
			}
			for j := range of {
				if of[j].Gives(tx.Now()) {
					open = append(open, of[j].User)
				}
			}
		}
		return nil
	}))
	slices.Sort(open)
	if got := r.Holds("role/prod"); !slices.Equal(got, open) && len(got)+len(open) > 0 {
		r.t.Errorf("the target has %v, stored is %v", got, open)
	}
}

// reset takes back what a round left.
func (r *race) reset() {
	r.t.Helper()
	root := desk.Operator("operator:test")
	var requests []grants.Request
	var open []grants.Grant
	r.Must(r.DB.View(r.Context(), func(tx *store.Tx) (err error) {
		if requests, err = tx.Requests(r.Context(), store.RequestFilter{Outcomes: []string{""}}); err != nil {
			return err
		}
		open, err = tx.OpenGrants(r.Context())
		return err
	}))
	for i := range requests {
		if requests[i].Open(r.Now()) {
			_, err := r.Cancel(r.Context(), root, requests[i].ID)
			r.Must(err)
		}
	}
	for i := range open {
		_, err := r.Revoke(r.Context(), root, open[i].ID, "the round is over")
		r.Must(err)
	}
	r.Work()
	if got := r.Holds("role/prod"); len(got) > 0 {
		r.t.Errorf("after the round %v hold it", got)
	}
}

// chained verifies the audit log.
func (r *race) chained() {
	r.t.Helper()
	r.Must(r.DB.View(r.Context(), func(tx *store.Tx) error {
		head, err := tx.AuditHead(r.Context())
		r.Must(err)
		v, err := audit.Verify(tx.AuditRecords(r.Context(), store.AuditQuery{}), audit.Head{}, head)
		if !v.OK {
			r.t.Errorf("the audit log is broken: %+v", v)
		}
		return err
	}))
}

func (r *race) ask() string {
	r.t.Helper()
	made, err := r.Ask(r.Context(), r.As(r.user), desk.Wish{Groups: []string{"prod"}, For: time.Hour})
	r.Must(err)
	return made[0].ID
}

// give makes an active grant.
func (r *race) give() string {
	r.t.Helper()
	a, err := r.Approve(r.Context(), r.As("olga"), r.ask(), "")
	r.Must(err)
	r.Work()
	return a.Request.Grant
}

func (r *race) approve(who, id string) func() error {
	a := r.As(who)
	return func() error { _, err := r.Approve(r.Context(), a, id, ""); return err }
}

func (r *race) state(id string) string {
	r.t.Helper()
	q, err := r.Request(r.Context(), desk.Operator("operator:test"), id)
	r.Must(err)
	return q.State
}

// grantOf returns what is on record of a grant.
func (r *race) grantOf(id string) (g grants.Grant) {
	r.t.Helper()
	r.Must(r.DB.View(r.Context(), func(tx *store.Tx) (err error) { g, err = tx.GrantByID(r.Context(), id); return err }))
	return g
}

// came is how one ended, in a word.
func came(err error) string {
	if err == nil {
		return "done"
	}
	return string(identity.KindOf(err))
}

// is sees that a round ended in one of some ways, each "state one other".
func (r *race) is(state string, one, other error, ways ...string) {
	r.t.Helper()
	if got := strings.Join([]string{state, came(one), came(other)}, " "); !slices.Contains(ways, got) {
		r.t.Errorf("it ended as %q, not as one of %q: %v, %v", got, ways, one, other)
	}
}

func TestRaceTwoApproveAtOnce(t *testing.T) {
	raced(t, func(r *race) (func() error, func() error, func(one, other error)) {
		id := r.ask()
		return r.approve("olga", id), r.approve("otto", id), func(one, other error) {
			r.is(r.state(id), one, other, "approved done done")
		}
	})
}

func TestRaceApproveAgainstDeny(t *testing.T) {
	raced(t, func(r *race) (func() error, func() error, func(one, other error)) {
		id, otto := r.ask(), r.As("otto")
		deny := func() error { _, err := r.Deny(r.Context(), otto, id, "no"); return err }
		return r.approve("olga", id), deny, func(one, other error) {
			r.is(r.state(id), one, other, "approved done conflict", "denied conflict done")
		}
	})
}

func TestRaceDecideAgainstCancel(t *testing.T) {
	raced(t, func(r *race) (func() error, func() error, func(one, other error)) {
		id, user := r.ask(), r.As(r.user)
		cancel := func() error { _, err := r.Cancel(r.Context(), user, id); return err }
		return r.approve("olga", id), cancel, func(one, other error) {
			r.is(r.state(id), one, other, "approved done done", "cancelled conflict done")
		}
	})
}

func TestRaceDecideAgainstAmend(t *testing.T) {
	raced(t, func(r *race) (func() error, func() error, func(one, other error)) {
		id, user := r.ask(), r.As(r.user)
		amend := func() error { _, err := r.Amend(r.Context(), user, id, desk.Amendment{For: 2 * time.Hour}); return err }
		return r.approve("olga", id), amend, func(one, other error) {
			r.is(r.state(id), one, other, "approved done conflict", "approved done done")
			q, err := r.Request(r.Context(), desk.Operator("operator:test"), id)
			r.Must(err)
			want := 2 * time.Hour
			if other != nil {
				want = time.Hour
			}
			if g := r.grantOf(q.Grant); g.Duration != want {
				r.t.Errorf("given for %s, not for %s", g.Duration, want)
			}
		}
	})
}

// The clock goes past the time to decide while somebody decides.
func TestRaceDecideAgainstExpire(t *testing.T) {
	racedAlone(t, func(r *race) (func() error, func() error, func(one, other error)) {
		id := r.ask()
		r.Pass(4*time.Hour - 2*time.Millisecond)
		expire := func() error {
			r.Pass(5 * time.Millisecond)
			return r.Tick(r.Context())
		}
		return r.approve("olga", id), expire, func(one, other error) {
			r.is(r.state(id), one, other, "approved done done", "expired conflict done")
		}
	})
}

func TestRaceDecideAgainstRevoke(t *testing.T) {
	raced(t, func(r *race) (func() error, func() error, func(one, other error)) {
		id, root := r.ask(), desk.Operator("operator:test")
		r.Must(r.approve("olga", id)())
		q, err := r.Request(r.Context(), root, id)
		r.Must(err)
		revoke := func() error { _, err := r.Revoke(r.Context(), root, q.Grant, "enough"); return err }
		return r.approve("otto", id), revoke, func(one, other error) {
			r.is(r.GrantState(q.Grant), one, other, "ended done done")
		}
	})
}

func (r *race) extend(grant string) func() error {
	user := r.As(r.user)
	return func() error { _, err := r.Extend(r.Context(), user, grant, time.Hour, "more"); return err }
}

// The grant ends while it is made longer: it is longer, or it is over, and not both.
func TestRaceExtendAgainstExpire(t *testing.T) {
	racedAlone(t, func(r *race) (func() error, func() error, func(one, other error)) {
		id := r.give()
		r.Pass(r.grantOf(id).EndsAt.Sub(r.Now()) - 2*time.Millisecond)
		expire := func() error {
			r.Pass(3 * time.Millisecond)
			_, err := r.Run.Step(context.WithoutCancel(r.Context()))
			return err
		}
		return r.extend(id), expire, func(one, other error) {
			r.Work()
			state := map[string]string{"active": "active", "ended": "over", "ending": "over"}[r.GrantState(id)]
			r.is(state, one, other, "active done done", "over conflict done")
		}
	})
}

func (r *race) revoke(grant string) func() error {
	olga := r.As("olga")
	return func() error { _, err := r.Revoke(r.Context(), olga, grant, "enough"); return err }
}

func TestRaceExtendAgainstRevoke(t *testing.T) {
	raced(t, func(r *race) (func() error, func() error, func(one, other error)) {
		id := r.give()
		return r.extend(id), r.revoke(id), func(one, other error) {
			r.Work()
			r.is(r.GrantState(id), one, other, "ended done done", "ended conflict done")
		}
	})
}

func TestRaceReturnAgainstRevoke(t *testing.T) {
	raced(t, func(r *race) (func() error, func() error, func(one, other error)) {
		id, user := r.give(), r.As(r.user)
		name := user.Name
		back := func() error { _, err := r.Return(r.Context(), user, id); return err }
		return back, r.revoke(id), func(one, other error) {
			g := r.grantOf(id)
			r.is(g.Over, one, other, "returned done done", "revoked done done")
			if by := map[string]string{"returned": name, "revoked": "user:olga"}[g.Over]; g.OverBy != by {
				r.t.Errorf("%s by %s", g.Over, g.OverBy)
			}
		}
	})
}

// Whoever is suspended while approving has approved before that or not at all; and what
// was approved before does not begin any more, or begins before that.
func TestRaceApproveWhileSuspended(t *testing.T) {
	raced(t, func(r *race) (func() error, func() error, func(one, other error)) {
		r.Resume("olga")
		id := r.ask()
		suspend := func() error { r.Suspend("olga"); return nil }
		return r.approve("olga", id), suspend, func(one, other error) {
			r.is(r.state(id), one, other, "approved done done", "pending denied done")
			r.Work()
			if one == nil {
				q, err := r.Request(r.Context(), desk.Operator("operator:test"), id)
				r.Must(err)
				if got := r.GrantState(q.Grant); got != "failed" {
					r.t.Errorf("olga is gone, and her word counted: %s", got)
				}
			}
		}
	})
}

// A policy that changes who decides: the approval was by the old one and does not begin,
// or by the new one and is refused.
func TestRaceApproveWhileThePolicyChanges(t *testing.T) {
	others := strings.Replace(racePolicy, `"user:olga", `, "", 1)
	raced(t, func(r *race) (func() error, func() error, func(one, other error)) {
		r.SetPolicy(racePolicy)
		id := r.ask()
		edit := func() error { r.SetPolicy(others); return nil }
		return r.approve("olga", id), edit, func(one, other error) {
			r.is(r.state(id), one, other, "approved done done", "pending denied done")
			r.Work()
			if holds := r.Holds("role/prod"); len(holds) > 0 {
				r.t.Errorf("by the word of who owns it no more %v hold it", holds)
			}
		}
	})
}

// Two workers step while a grant ends and is made longer.
func TestRaceTwoWorkersAtTheEnd(t *testing.T) {
	racedAlone(t, func(r *race) (func() error, func() error, func(one, other error)) {
		id := r.give()
		longer := r.extend(id)
		r.Pass(r.grantOf(id).EndsAt.Sub(r.Now()) - time.Millisecond)
		var extended error
		step := func() error {
			for range 3 {
				if _, err := r.Run.Step(context.WithoutCancel(r.Context())); err != nil {
					return err
				}
			}
			return nil
		}
		both := func() error {
			var all sync.WaitGroup
			all.Go(func() { extended = longer(); r.Pass(2 * time.Millisecond) })
			err := step()
			all.Wait()
			return err
		}
		return both, step, func(one, other error) {
			r.Work()
			state, want := r.GrantState(id), "active done done"
			if extended != nil {
				want = "ended done done"
			}
			r.is(state, one, other, want)
		}
	})
}

func TestRaceTheSameAskedTwice(t *testing.T) {
	raced(t, func(r *race) (func() error, func() error, func(one, other error)) {
		user := r.As(r.user)
		ask := func() error {
			_, err := r.Ask(r.Context(), user, desk.Wish{Groups: []string{"prod"}, For: time.Hour})
			return err
		}
		return ask, ask, func(one, other error) {
			open := 0
			r.Must(r.DB.View(r.Context(), func(tx *store.Tx) error {
				found, err := tx.Requests(r.Context(), store.RequestFilter{UserN: user.UserN, Outcomes: []string{""}})
				open = len(found)
				return err
			}))
			r.is(fmt.Sprint(open), one, other, "1 done conflict", "1 conflict done")
		}
	})
}
