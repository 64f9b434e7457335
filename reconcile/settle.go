package reconcile

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"birthright/audit"
	"birthright/grants"
	"birthright/identity"
	"birthright/internal/tracing"
	"birthright/store"
	"birthright/targets"
)

// How often a grant is looked at that is not where it should be, though nothing is
// owed to a target: one that is under way soon, one that is over now and then.
const (
	firstLook = time.Second
	lastLook  = 30 * time.Second
)

// settleGrants looks how far the grants of some users are, everybody's where userNs
// is nil: those are active that every target was seen to give, those settled of which
// nothing is left. It returns the work of looking again at what is not so far yet.
func (r *Runner) settleGrants(ctx context.Context, userNs []int64) (again []store.Work, err error) {
	s := settling{Runner: r}
	if err := r.Store.View(ctx, func(tx *store.Tx) error { return s.load(ctx, tx, userNs) }); err != nil || len(s.open) == 0 {
		return nil, err
	}
	ctx, span := tracing.Start(ctx, "settle grants")
	defer func() { span.End(err) }()
	span.Count(tracing.Grants, len(s.open))
	seen := s.readBack(ctx)
	for chunk := range slices.Chunk(usersWith(s.open), usersPerTransaction) {
		err := r.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
			work, err := s.save(ctx, tx, chunk, seen)
			again = append(again, work...)
			return err
		})
		if err != nil {
			return again, err
		}
	}
	return again, nil
}

// settling is one look at some grants.
type settling struct {
	*Runner
	open   []grants.Grant
	access map[int64]map[int64]identity.Entitlement
	held   map[store.Holding]bool // the value: it was seen on its target
	// unclear are the users with a change of which nobody knows what became of it.
	unclear map[int64]bool
	// given is what stored memberships give, by user, and member the groups.
	given    map[int64]map[identity.Entitlement]bool
	member   map[int64]map[string]bool
	accounts map[string]map[int64]store.AccountRow // by target and user
}

// load reads the grants that are under way or over, and what is known of what they
// give.
func (s *settling) load(ctx context.Context, tx *store.Tx, userNs []int64) (err error) {
	var open []grants.Grant
	if userNs == nil {
		open, err = tx.OpenGrants(ctx)
	} else {
		open, err = tx.OpenGrantsOf(ctx, userNs)
	}
	for _, g := range open {
		if !g.BegunAt.IsZero() && g.ActivatedAt.IsZero() || g.IsOver(tx.Now()) {
			s.open = append(s.open, g)
		}
	}
	if err != nil || len(s.open) == 0 {
		return err
	}
	numbers := make([]int64, len(s.open))
	for i := range s.open {
		numbers[i] = s.open[i].N
	}
	if s.access, err = tx.GrantAccess(ctx, numbers); err != nil {
		return err
	}
	users := usersWith(s.open)
	var ents []int64
	for _, list := range s.access {
		ents = slices.AppendSeq(ents, maps.Keys(list))
	}
	slices.Sort(ents)
	if s.held, err = tx.HeldEntitlements(ctx, users, slices.Compact(ents)); err != nil {
		return err
	}
	if s.unclear, err = tx.UsersWithOpenChanges(ctx, users); err != nil {
		return err
	}
	if err := s.loadGiven(ctx, tx, users); err != nil {
		return err
	}
	return s.loadAccounts(ctx, tx)
}

// loadGiven reads what memberships give, of the users with grants.
func (s *settling) loadGiven(ctx context.Context, tx *store.Tx, users []int64) error {
	rows, err := tx.MembershipsOfUsers(ctx, users)
	if err != nil {
		return err
	}
	names, err := tx.GroupNames(ctx, groupNumbers(rows))
	if err != nil {
		return err
	}
	engine := s.Engine()
	s.given, s.member = map[int64]map[identity.Entitlement]bool{}, map[int64]map[string]bool{}
	for _, row := range rows {
		if s.given[row.UserN] == nil {
			s.given[row.UserN], s.member[row.UserN] = map[identity.Entitlement]bool{}, map[string]bool{}
		}
		s.member[row.UserN][names[row.GroupN]] = true
		group, _ := engine.Group(names[row.GroupN])
		for _, e := range group.Access {
			s.given[row.UserN][e] = true
		}
	}
	return nil
}

// loadAccounts reads the accounts of those whose grants could be active.
func (s *settling) loadAccounts(ctx context.Context, tx *store.Tx) error {
	s.accounts = map[string]map[int64]store.AccountRow{}
	for target, people := range s.candidates() {
		state, err := stateOf(ctx, tx, target)
		if err != nil {
			return err
		}
		rows, err := tx.AccountsOfUsers(ctx, state.N, slices.Sorted(maps.Keys(people)))
		if err != nil {
			return err
		}
		s.accounts[target] = map[int64]store.AccountRow{}
		for _, row := range rows {
			s.accounts[target][row.UserN] = row
		}
	}
	return nil
}

// candidates returns, by target and user, what is to be seen there of grants that
// could be active: all that they give was done, as far as is remembered.
func (s *settling) candidates() map[string]map[int64][]identity.Entitlement {
	out := map[string]map[int64][]identity.Entitlement{}
	for i := range s.open {
		g := &s.open[i]
		if !s.underWay(g) || !s.remembered(g) {
			continue
		}
		for _, e := range s.owed(g) {
			if out[e.Target] == nil {
				out[e.Target] = map[int64][]identity.Entitlement{}
			}
			out[e.Target][g.UserN] = append(out[e.Target][g.UserN], e)
		}
	}
	return out
}

func (s *settling) underWay(g *grants.Grant) bool {
	return g.ActivatedAt.IsZero() && g.OverAt.IsZero()
}

// owed is what must be there for g to be active, by number: what it gave at any time,
// but for what the policy has taken out of its group since, or keeps from the user.
func (s *settling) owed(g *grants.Grant) map[int64]identity.Entitlement {
	out := map[int64]identity.Entitlement{}
	for n, e := range s.access[g.N] {
		if s.given[g.UserN][e] {
			out[n] = e
		}
	}
	return out
}

// remembered reports whether everything that g gives was done.
func (s *settling) remembered(g *grants.Grant) bool {
	if !s.member[g.UserN][g.Group] {
		return false
	}
	for n, e := range s.owed(g) {
		if s.configured(e.Target) && !s.held[store.Holding{UserN: g.UserN, EntN: n}] {
			return false
		}
	}
	return true
}

// sighting is one thing that a target was seen to give.
type sighting struct {
	userN       int64
	entitlement identity.Entitlement
}

// readBack looks at the targets: a grant is active when it is there, and not when
// somebody said that it would be. A target that does not answer shows nothing.
func (s *settling) readBack(ctx context.Context) map[sighting]bool {
	seen := map[sighting]bool{}
	for target, people := range s.candidates() {
		at := slices.IndexFunc(s.Destinations, func(d Destination) bool { return d.Name() == target })
		if at < 0 {
			continue
		}
		if err := s.readTarget(ctx, s.Destinations[at], people, seen); err != nil {
			s.Log.Warn("grants could not be seen on their target", "target", target, "error", err)
		}
	}
	return seen
}

func (s *settling) readTarget(ctx context.Context, dest Destination, people map[int64][]identity.Entitlement, seen map[sighting]bool) (err error) {
	q := targets.Query{Accounts: []targets.Account{}, Entitlements: []identity.Entitlement{}}
	owner := map[string]int64{}
	for _, userN := range slices.Sorted(maps.Keys(people)) {
		row, known := s.accounts[dest.Name()][userN]
		if !known {
			continue
		}
		q.Accounts = append(q.Accounts, targets.Account{ID: row.NativeID, Name: row.Name})
		q.Entitlements = append(q.Entitlements, people[userN]...)
		owner[row.NativeID] = userN
	}
	if len(q.Accounts) == 0 {
		return nil
	}
	slices.SortFunc(q.Entitlements, identity.CompareEntitlements)
	q.Entitlements = slices.Compact(q.Entitlements)
	t := newTruth(dest)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ctx, span := tracing.Start(ctx, "read back")
	defer func() { span.End(err) }()
	span.Target(dest.Name())
	span.Count(tracing.Accounts, len(q.Accounts))
	end, err := dest.Target.Read(ctx, q, t)
	if err == nil && !end.Complete {
		err = &identity.Error{Kind: identity.Incomplete, Op: "read back from target " + dest.Name()}
	}
	if err != nil {
		return err
	}
	for a := range t.holds {
		if userN, ours := owner[a.AccountID]; ours {
			seen[sighting{userN, a.Entitlement}] = true
		}
	}
	return nil
}

// save puts down what was seen of some users' grants.
func (s *settling) save(ctx context.Context, tx *store.Tx, userNs []int64, seen map[sighting]bool) ([]store.Work, error) {
	open, err := tx.OpenGrantsOf(ctx, userNs) // as they are by now
	if err != nil {
		return nil, err
	}
	looked := make(map[int64]bool, len(s.open))
	for i := range s.open {
		looked[s.open[i].N] = true
	}
	var changed []*grants.Grant
	var notices []store.NoticeRow
	var events []audit.Event
	again, due := map[int64]time.Time{}, map[int64]time.Time{}
	for i := range open {
		g := &open[i]
		if !looked[g.N] {
			continue
		}
		switch {
		case g.IsOver(tx.Now()) && s.gone(g):
			if g.OverAt.IsZero() {
				continue // it is put down as over first, with what it gave
			}
			g.SettledAt = tx.Now()
			changed, events = append(changed, g), append(events, grantEvent("grant.settled", g, nil))
		case g.IsOver(tx.Now()):
			again[g.UserN] = tx.Now().Add(lastLook)
		case s.underWay(g) && s.seen(g, seen):
			g.Activate(tx.Now())
			s.remindBefore(g)
			again[g.UserN] = tx.Now() // the membership has an end from now on
			changed, notices = append(changed, g), append(notices, notice(g))
			events = append(events, grantEvent("grant.active", g, map[string]any{"until": g.EndsAt}))
			if s.endsThere(g) { // it has an end from now on, of which the target is to know
				due[g.UserN] = tx.Now()
			}
		case s.underWay(g):
			wait := min(max(tx.Now().Sub(g.StartsAt)/4, firstLook), lastLook)
			again[g.UserN] = tx.Now().Add(wait)
		}
	}
	if err := tx.AddNotices(ctx, notices); err != nil {
		return nil, err
	}
	maps.Copy(again, due)
	return lookAgain(again), tx.SaveGrants(ctx, changed, events...)
}

// endsThere reports whether a target of what g gives can end it by itself.
func (s *settling) endsThere(g *grants.Grant) bool {
	return slices.ContainsFunc(s.Destinations, func(d Destination) bool {
		return d.Settings.Capabilities.NativeExpiry && slices.ContainsFunc(slices.Collect(maps.Values(s.access[g.N])),
			func(e identity.Entitlement) bool {
				return e.Target == d.Name() && d.Settings.Capabilities.Expires(e.Kind)
			})
	})
}

// lookAgain is work for users at a later time.
func lookAgain(again map[int64]time.Time) []store.Work {
	work := make([]store.Work, 0, len(again))
	for n, at := range again {
		work = append(work, store.Work{UserN: n, DueAt: at})
	}
	slices.SortFunc(work, func(a, b store.Work) int { return cmp.Compare(a.UserN, b.UserN) })
	return work
}

// remindBefore has the user told some time before the end.
func (s *settling) remindBefore(g *grants.Grant) {
	if policy := s.Engine().Request(g.Group); policy != nil && policy.RemindBefore > 0 && policy.RemindBefore < g.Duration {
		g.RemindAt = g.EndsAt.Add(-policy.RemindBefore)
	}
}

// gone reports whether nothing is left of what a grant gave and nothing else gives. A
// target that is no longer configured keeps what it has until somebody says otherwise:
// see store.ForgetTarget.
func (s *settling) gone(g *grants.Grant) bool {
	if s.unclear[g.UserN] {
		return false
	}
	for n, e := range s.access[g.N] {
		_, held := s.held[store.Holding{UserN: g.UserN, EntN: n}]
		if held && !s.given[g.UserN][e] {
			return false
		}
	}
	return true
}

func (s *settling) configured(target string) bool {
	return slices.ContainsFunc(s.Destinations, func(d Destination) bool { return d.Name() == target })
}

// seen reports whether every target that there is was seen to give what g gives.
func (s *settling) seen(g *grants.Grant, seen map[sighting]bool) bool {
	if !s.member[g.UserN][g.Group] {
		return false
	}
	for _, e := range s.owed(g) {
		if !seen[sighting{g.UserN, e}] && s.configured(e.Target) {
			return false
		}
	}
	return true
}
