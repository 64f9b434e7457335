package reconcile

import (
	"cmp"
	"context"
	"slices"
	"time"

	"birthright/identity"
	"birthright/plan"
	"birthright/store"
	"birthright/targets"
)

// picture is what one target holds, as far as it matters to a plan: what is
// remembered of it, and what was seen.
type picture struct {
	state store.TargetState
	// whole is true where the target was read now, from end to end, at watermark.
	whole     bool
	watermark string
	// accounts are those on the target, and observed what they hold, ordered by
	// account and entitlement.
	accounts []targets.Account
	observed []observation
	// accountOf holds, by user, the index into accounts; owner is the reverse,
	// 0 for a stranger.
	accountOf map[int64]int
	owner     []int64
	// unclear says, by user, why it cannot be told which account is theirs;
	// disputed are the accounts that it is about.
	unclear  map[int64]string
	disputed map[int]bool
	exists   map[int64]bool   // entitlements that the target has
	existed  map[int64]bool   // those that it was known to have before
	titles   map[int64]string // what it calls them, and called them before
	titled   map[int64]string
	// remembered are the store's rows, ordered by user and entitlement, and
	// rows of accounts by user.
	remembered []store.AssignmentRow
	rows       map[int64]store.AccountRow
	// leftovers are changes whose outcome was never written: see leftovers.go.
	leftovers []store.ChangeRow
	// sessions are those that are still to end: see sessions.go.
	sessions []store.SessionEnd
	// orders are what people ordered to go, by holder: see orders.go.
	orders map[int64][]store.OrderRow
}

// observation is one assignment as found.
type observation struct {
	account  int
	ent      int64
	until    int64 // when the target itself ends it, in Unix microseconds; 0 for never
	indirect bool
}

func newPicture(state store.TargetState) *picture {
	return &picture{
		state: state, exists: map[int64]bool{}, existed: map[int64]bool{}, titles: map[int64]string{}, titled: map[int64]string{}, rows: map[int64]store.AccountRow{},
		accountOf: map[int64]int{}, unclear: map[int64]string{}, disputed: map[int]bool{},
	}
}

// unseen returns a picture that knows what p remembers and saw nothing.
func (p *picture) unseen() *picture {
	fresh := newPicture(p.state)
	fresh.existed, fresh.rows, fresh.remembered, fresh.leftovers, fresh.sessions = p.existed, p.rows, p.remembered, p.leftovers, p.sessions
	fresh.orders, fresh.titled = p.orders, p.titled
	for n, there := range p.existed {
		fresh.exists[n] = there
	}
	return fresh
}

// stateOf returns what is remembered of a target as a whole; N is 0 where it was
// never synced.
func stateOf(ctx context.Context, tx *store.Tx, target string) (store.TargetState, error) {
	state, err := tx.TargetState(ctx, target)
	if identity.KindOf(err) == identity.NotFound {
		return store.TargetState{Name: target}, nil
	}
	return state, err
}

// remember loads what the store knows about the target, as far as it concerns
// scope; everything where that is nil.
func remember(ctx context.Context, tx *store.Tx, w *wants, scope []int64) (*picture, error) {
	state, err := stateOf(ctx, tx, w.dest.Name())
	if err != nil {
		return nil, err
	}
	p := newPicture(state)
	if state.N == 0 {
		return p, nil
	}
	if p.leftovers, err = tx.OpenChanges(ctx, w.dest.Name()); err != nil {
		return nil, err
	}
	if _, ends := w.dest.Target.(targets.SessionEnder); ends {
		if p.sessions, err = tx.SessionEnds(ctx, state.N, scope); err != nil {
			return nil, err
		}
	}
	if scope == nil {
		return p, p.rememberAll(ctx, tx, w)
	}
	return p, p.rememberSome(ctx, tx, w, scope)
}

func (p *picture) rememberAll(ctx context.Context, tx *store.Tx, w *wants) error {
	registered, err := tx.Entitlements(ctx, w.dest.Name())
	if err != nil {
		return err
	}
	p.know(w, registered)
	err = tx.EachAccount(ctx, p.state.N, func(row store.AccountRow) error {
		p.rows[row.UserN] = row
		return nil
	})
	if err != nil {
		return err
	}
	p.remembered = make([]store.AssignmentRow, 0, p.state.Managed)
	return tx.EachAssignment(ctx, p.state.N, func(row store.AssignmentRow) error {
		p.remembered = append(p.remembered, row)
		return nil
	})
}

func (p *picture) rememberSome(ctx context.Context, tx *store.Tx, w *wants, scope []int64) error {
	accounts, err := tx.AccountsOfUsers(ctx, p.state.N, scope)
	if err != nil {
		return err
	}
	for _, row := range accounts {
		p.rows[row.UserN] = row
	}
	if p.remembered, err = tx.AssignmentsOfUsers(ctx, p.state.N, scope); err != nil {
		return err
	}
	var ns []int64
	for _, n := range w.ents.numbers {
		ns = append(ns, n)
	}
	for _, row := range p.remembered {
		ns = append(ns, row.EntN)
	}
	for _, s := range p.sessions {
		ns = append(ns, s.EntN)
	}
	registered, err := tx.EntitlementsByN(ctx, ns)
	p.know(w, registered)
	return err
}

func (p *picture) know(w *wants, registered []store.EntitlementRow) {
	for _, row := range registered {
		w.ents.know(row.Address, row.N)
		p.exists[row.N], p.existed[row.N], p.titled[row.N] = row.Present, row.Present, row.Title
	}
}

// asRemembered takes what is remembered for what is there: for the event loop,
// and for runs that trust it.
func (p *picture) asRemembered() {
	p.recall(func(row store.AccountRow) bool { return !asked(row) })
}

// asFeared is asRemembered where nothing can be looked at: what was asked for is
// taken to be there, so that what may have to go is not forgotten.
func (p *picture) asFeared() {
	p.recall(func(store.AccountRow) bool { return true })
}

func (p *picture) recall(there func(store.AccountRow) bool) {
	users := make([]int64, 0, len(p.rows))
	for n, row := range p.rows {
		if there(row) {
			users = append(users, n)
		}
	}
	slices.Sort(users)
	for _, n := range users {
		row := p.rows[n]
		p.link(n, targets.Account{ID: row.NativeID, Name: row.Name, Active: row.Active, Attributes: row.Attributes})
	}
	p.observed = make([]observation, 0, len(p.remembered))
	for _, row := range p.remembered {
		if i, ok := p.accountOf[row.UserN]; ok && row.Observed {
			p.observed = append(p.observed, observation{account: i, ent: row.EntN, until: row.ExpiresAt})
		}
	}
	p.order()
}

func (p *picture) link(userN int64, a targets.Account) {
	p.accountOf[userN] = len(p.accounts)
	p.accounts = append(p.accounts, a)
	p.owner = append(p.owner, userN)
}

func (p *picture) order() {
	slices.SortFunc(p.observed, func(a, b observation) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.ent, b.ent))
	})
}

// holdingsOf returns the observed part of one account.
func (p *picture) holdingsOf(account int) []observation {
	from, _ := slices.BinarySearchFunc(p.observed, account, func(o observation, a int) int { return cmp.Compare(o.account, a) })
	to := from
	for to < len(p.observed) && p.observed[to].account == account {
		to++
	}
	return p.observed[from:to]
}

// seenOf returns what was observed of one user's account.
func (p *picture) seenOf(userN int64) []observation {
	if i, ok := p.accountOf[userN]; ok {
		return p.holdingsOf(i)
	}
	return nil
}

// rememberedOf returns the remembered part of one user.
func (p *picture) rememberedOf(userN int64) []store.AssignmentRow {
	from, _ := slices.BinarySearchFunc(p.remembered, userN, func(row store.AssignmentRow, n int64) int {
		return cmp.Compare(row.UserN, n)
	})
	to := from
	for to < len(p.remembered) && p.remembered[to].UserN == userN {
		to++
	}
	return p.remembered[from:to]
}

// actual puts together what one user has: what was found there, and which of it
// is ours. Its list of entitlements reuses into.
func (p *picture) actual(userN int64, now time.Time, into []plan.Holding) plan.Actual {
	row := p.rows[userN]
	have := plan.Actual{Managed: row.Managed && !asked(row), Entitlements: into[:0]}
	if i, ok := p.accountOf[userN]; ok {
		have.Account, have.Managed = &p.accounts[i], row.Managed
	}
	found, ours := p.seenOf(userN), p.rememberedOf(userN)
	for len(found) > 0 || len(ours) > 0 {
		var h plan.Holding
		switch {
		case len(ours) == 0 || len(found) > 0 && found[0].ent < ours[0].EntN:
			h = found[0].holding()
			found = found[1:]
		case len(found) == 0 || ours[0].EntN < found[0].ent:
			h = plan.Holding{
				Entitlement: ours[0].EntN, Managed: ours[0].Managed, Vanished: ours[0].Observed, Ended: ours[0].Ended,
				Lapsed: lapsed(ours[0], now),
			}
			ours = ours[1:]
		default:
			h = found[0].holding()
			h.Managed, h.Ended = ours[0].Managed, ours[0].Ended
			found, ours = found[1:], ours[1:]
		}
		have.Entitlements = append(have.Entitlements, h)
	}
	return have
}
