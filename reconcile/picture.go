package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"birthright/identity"
	"birthright/plan"
	"birthright/store"
	"birthright/targets"
)

// picture is what one target holds, as far as it matters to a plan.
type picture struct {
	state store.TargetState
	// whole is true where the target was read now, from end to end.
	whole     bool
	watermark string
	// accounts are those on the target, and observed what they hold, ordered by
	// account and entitlement.
	accounts []targets.Account
	observed []observation
	exists   map[int64]bool // entitlements that the target has
	existed  map[int64]bool // those that it was known to have before
	// leftovers is true where changes were intended and their outcome was never
	// written: the program was killed, and what is remembered may be wrong.
	leftovers bool
	// owner holds, by index into accounts, the user it was matched with; 0 for a stranger.
	owner []int64
	// accountOf is the reverse: by user, the index into accounts.
	accountOf map[int64]int
	ambiguous []plan.Ambiguity
	// remembered are the store's rows, ordered by user and entitlement, and
	// rows of accounts by user.
	remembered []store.AssignmentRow
	rows       map[int64]store.AccountRow
}

// observation is one assignment as found.
type observation struct {
	account  int
	ent      int64
	indirect bool
}

func newPicture(state store.TargetState) *picture {
	return &picture{
		state: state, exists: map[int64]bool{}, existed: map[int64]bool{},
		accountOf: map[int64]int{}, rows: map[int64]store.AccountRow{},
	}
}

// forgetSeen returns a picture that knows what p remembers and saw nothing yet.
func (p *picture) forgetSeen() *picture {
	fresh := newPicture(p.state)
	fresh.existed, fresh.leftovers, fresh.rows, fresh.remembered = p.existed, p.leftovers, p.rows, p.remembered
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

// remember loads what the store knows about the target.
func (r *Runner) remember(ctx context.Context, tx *store.Tx, w *wants, scope []int64) (*picture, error) {
	state, err := stateOf(ctx, tx, w.dest.Name())
	if err != nil {
		return nil, err
	}
	p := newPicture(state)
	keep := func(row store.AccountRow) error { p.rows[row.UserN] = row; return nil }
	note := func(row store.AssignmentRow) error { p.remembered = append(p.remembered, row); return nil }
	if state.N == 0 {
		return p, nil
	}
	open, err := tx.OpenChanges(ctx, w.dest.Name())
	if err != nil {
		return nil, err
	}
	p.leftovers = len(open) > 0
	if scope == nil {
		if err := p.knowRegistry(ctx, tx, w); err != nil {
			return nil, err
		}
		if err := tx.EachAccount(ctx, state.N, keep); err != nil {
			return nil, err
		}
		return p, tx.EachAssignment(ctx, state.N, note)
	}
	accounts, err := tx.AccountsOfUsers(ctx, state.N, scope)
	if err != nil {
		return nil, err
	}
	for _, row := range accounts {
		_ = keep(row)
	}
	if p.remembered, err = tx.AssignmentsOfUsers(ctx, state.N, scope); err != nil {
		return nil, err
	}
	return p, p.knowSome(ctx, tx, w)
}

// knowRegistry learns every entitlement of the target that was ever numbered.
func (p *picture) knowRegistry(ctx context.Context, tx *store.Tx, w *wants) error {
	rows, err := tx.Entitlements(ctx, w.dest.Name())
	for _, row := range rows {
		p.know(w, row)
	}
	return err
}

// knowSome learns the entitlements that the few users want or have.
func (p *picture) knowSome(ctx context.Context, tx *store.Tx, w *wants) error {
	var ns []int64
	for _, n := range w.ents.numbers {
		ns = append(ns, n)
	}
	for _, row := range p.remembered {
		ns = append(ns, row.EntN)
	}
	rows, err := tx.EntitlementsByN(ctx, ns)
	for _, row := range rows {
		p.know(w, row)
	}
	return err
}

func (p *picture) know(w *wants, row store.EntitlementRow) {
	if n, ok := w.ents.numbers[row.Address]; ok && n < 0 {
		return // numbered since the plan began; the provisional number serves
	}
	w.ents.know(row.Address, row.N)
	p.exists[row.N], p.existed[row.N] = row.Present, row.Present
}

// asRemembered makes the remembered state the picture: for the event loop, and
// for runs that trust it.
func (p *picture) asRemembered() {
	users := make([]int64, 0, len(p.rows))
	for n := range p.rows {
		users = append(users, n)
	}
	slices.Sort(users)
	for _, n := range users {
		row := p.rows[n]
		p.link(n, targets.Account{ID: row.NativeID, Name: row.Name, Active: row.Active, Attributes: row.Attributes})
	}
	for _, row := range p.remembered {
		i, ok := p.accountOf[row.UserN]
		if ok && row.Observed {
			p.observed = append(p.observed, observation{account: i, ent: row.EntN})
		}
	}
	p.order()
}

// recallExistence takes the entitlements that were there when last looked for
// those that are there.
func (p *picture) recallExistence() {
	for n, there := range p.existed {
		p.exists[n] = there
	}
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
	p.observed = slices.Compact(p.observed)
}

// readWhole reads the target from end to end. An error, or an end that is not
// complete, leaves no picture at all.
func (r *Runner) readWhole(ctx context.Context, w *wants, p *picture) error {
	var err error
	if m, ok := w.dest.Target.(targets.Watermarker); ok {
		// Taken before the read: a change during it must not look as if it had been seen.
		if p.watermark, err = m.Watermark(ctx); err != nil {
			return readError(w.dest, err)
		}
	}
	c := collector{w: w, p: p, index: map[string]int{}, progress: r.Progress}
	clear(p.exists)
	end, err := w.dest.Target.Read(ctx, targets.Query{Entitlements: w.addresses()}, &c)
	if err != nil {
		return readError(w.dest, err)
	}
	if !end.Complete {
		return readError(w.dest, &identity.Error{Kind: identity.Incomplete, Err: fmt.Errorf("the answer ended before it was whole")})
	}
	p.order()
	p.whole = true
	p.match(w)
	return nil
}

func readError(d Destination, err error) error {
	return &identity.Error{
		Kind: identity.KindOf(err), Op: "read target " + d.Name(), Err: err,
		Hint: "nothing was changed on it; `birthright target check " + d.Name() + "` looks closer",
	}
}

// match finds the accounts' owners.
func (p *picture) match(w *wants) {
	owners := make([]plan.Owner, 0, len(w.people))
	for _, someone := range w.people {
		owners = append(owners, plan.Owner{
			UserN: someone.n, Account: someone.account, LinkedID: p.rows[someone.n].NativeID,
		})
	}
	links, ambiguous := plan.Match(owners, p.accounts, w.dest.Match)
	p.owner = make([]int64, len(p.accounts))
	for _, l := range links {
		p.owner[l.Account] = l.UserN
		p.accountOf[l.UserN] = l.Account
	}
	p.ambiguous = ambiguous
}

// lookUp asks the target about the few people of whom nothing is remembered
// and who should get something, before anything is made for them: the account,
// or the entitlement, may be there already.
func (r *Runner) lookUp(ctx context.Context, w *wants, p *picture) error {
	var q targets.Query
	for _, someone := range w.people {
		if _, known := p.accountOf[someone.n]; known || len(w.entitlementsOf(someone.decided)) == 0 {
			continue
		}
		q.Accounts = append(q.Accounts, someone.account)
	}
	fresh := len(q.Accounts) > 0
	for n := range w.governed {
		if fresh || !p.exists[n] {
			q.Entitlements = append(q.Entitlements, w.ents.name(n))
		}
	}
	if len(q.Accounts)+len(q.Entitlements) == 0 {
		return nil
	}
	slices.SortFunc(q.Entitlements, identity.CompareEntitlements)
	if q.Accounts == nil {
		q.Accounts = []targets.Account{} // none at all, rather than everybody
	}
	found := newPicture(p.state)
	found.exists = p.exists
	c := collector{w: w, p: found, index: map[string]int{}, progress: r.Progress}
	end, err := w.dest.Target.Read(ctx, q, &c)
	if err != nil || !end.Complete {
		return readError(w.dest, cmp.Or(err, error(&identity.Error{Kind: identity.Incomplete})))
	}
	found.match(w)
	for i, userN := range found.owner {
		if _, known := p.accountOf[userN]; userN == 0 || known {
			continue
		}
		p.link(userN, found.accounts[i])
		for _, o := range found.observed {
			if o.account == i {
				p.observed = append(p.observed, observation{account: p.accountOf[userN], ent: o.ent, indirect: o.indirect})
			}
		}
	}
	p.ambiguous = found.ambiguous
	p.order()
	return nil
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

// actual puts together what one user has: what was found there, and which of it is ours.
func (p *picture) actual(userN int64) plan.Actual {
	var have plan.Actual
	var found []observation
	if i, ok := p.accountOf[userN]; ok {
		have.Account = &p.accounts[i]
		have.Managed = p.rows[userN].Managed
		found = p.holdingsOf(i)
	}
	ours := p.rememberedOf(userN)
	for len(found) > 0 || len(ours) > 0 {
		switch {
		case len(ours) == 0 || len(found) > 0 && found[0].ent < ours[0].EntN:
			have.Entitlements = append(have.Entitlements, plan.Holding{Entitlement: found[0].ent, Present: true, Indirect: found[0].indirect})
			found = found[1:]
		case len(found) == 0 || ours[0].EntN < found[0].ent:
			have.Entitlements = append(have.Entitlements, plan.Holding{
				Entitlement: ours[0].EntN, Managed: ours[0].Managed, Vanished: ours[0].Observed,
			})
			ours = ours[1:]
		default:
			have.Entitlements = append(have.Entitlements, plan.Holding{
				Entitlement: found[0].ent, Present: true, Managed: ours[0].Managed, Indirect: found[0].indirect,
			})
			found, ours = found[1:], ours[1:]
		}
	}
	return have
}

// collector receives a read.
type collector struct {
	w        *wants
	p        *picture
	index    map[string]int // by account id
	progress func(target, step string, done, total int)
}

func (c *collector) Account(a targets.Account) error {
	if _, twice := c.index[a.ID]; twice {
		return &identity.Error{Kind: identity.Incomplete, Err: fmt.Errorf("account %q (id %q) was told twice: the listing changed while it was read", a.Name, a.ID)}
	}
	c.index[a.ID] = len(c.p.accounts)
	c.p.accounts = append(c.p.accounts, a)
	if len(c.p.accounts)%1000 == 0 {
		c.progress(c.w.dest.Name(), "reading accounts", len(c.p.accounts), 0)
	}
	return nil
}

func (c *collector) Entitlement(e targets.Entitlement) error {
	if n, ok := c.w.ents.numbers[e.Address]; ok {
		c.p.exists[n] = true
	}
	return nil
}

func (c *collector) Assignment(a targets.Assignment) error {
	ent, known := c.w.ents.numbers[a.Entitlement]
	account, ok := c.index[a.AccountID]
	if !known || !ok {
		return nil // an entitlement that no policy speaks of, or a member that is no account
	}
	c.p.exists[ent] = true
	c.p.observed = append(c.p.observed, observation{account: account, ent: ent, indirect: a.Indirect})
	if len(c.p.observed)%10000 == 0 {
		c.progress(c.w.dest.Name(), "reading assignments", len(c.p.observed), 0)
	}
	return nil
}
