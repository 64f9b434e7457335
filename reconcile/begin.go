package reconcile

import (
	"cmp"
	"context"
	"slices"
	"time"

	"birthright/audit"
	"birthright/plan"
	"birthright/store"
	"birthright/targets"
)

// begin brings the store up to the picture before anything is applied: numbers
// for what is new, what was found, what was adopted, what is held.
func (a *applier) begin(ctx context.Context) error {
	unlock, err := a.Store.Lock(ctx, "target:"+a.dest.Name())
	if err != nil {
		return err
	}
	defer unlock()
	if a.state.N == 0 || len(a.ents.fresh) > 0 || a.leftovers {
		if err := a.Store.Update(ctx, func(tx *store.Tx) error { return a.number(ctx, tx) }); err != nil {
			return err
		}
	}
	if err := a.rememberPicture(ctx); err != nil {
		return err
	}
	if len(a.stopped)+len(a.heldRows) == 0 {
		return nil
	}
	return a.Store.Update(ctx, func(tx *store.Tx) error { return a.hold(ctx, tx) })
}

// number gives the target and everything named in the plan a number in the
// store, and ends intents whose outcome was never written because the program
// was killed in between: an intent is open only while the target is locked, so
// whatever is open now was left behind, and the picture has shown its fate.
func (a *applier) number(ctx context.Context, tx *store.Tx) error {
	state, err := tx.TargetState(ctx, a.dest.Name())
	if err != nil {
		return err
	}
	a.state = state
	made, err := tx.EntitlementNumbers(ctx, a.ents.fresh, true)
	if err != nil {
		return err
	}
	a.ents.settle(made)
	for n, there := range a.exists {
		if n < 0 && there {
			a.exists[a.ents.settled(n)] = true
		}
	}
	return a.closeLeftovers(ctx, tx)
}

func (a *applier) closeLeftovers(ctx context.Context, tx *store.Tx) error {
	open, err := tx.OpenChanges(ctx, a.dest.Name())
	if err != nil || len(open) == 0 {
		return err
	}
	events := make([]audit.Event, len(open))
	for i := range open {
		open[i].Outcome, open[i].FinishedAt = string(targets.Unknown), tx.Now()
		open[i].Error = "the program stopped before the outcome was known; the target was looked at again"
		events[i] = audit.Event{
			Actor: actorHub, Action: "change.outcome", Subject: "user:" + open[i].User, Run: open[i].Run,
			Detail: map[string]any{
				"change": open[i].ID, "target": open[i].Target, "outcome": open[i].Outcome, "error": open[i].Error,
			},
		}
	}
	return tx.SaveChanges(ctx, open, events...)
}

// rememberPicture stores where the picture differs from what was remembered,
// some users at a time.
func (a *applier) rememberPicture(ctx context.Context) error {
	notes := make(map[int64]bookkeeping, len(a.outcomes))
	for _, o := range a.outcomes {
		notes[o.userN] = o
	}
	var users []int64
	for _, someone := range a.people {
		_, noted := notes[someone.n]
		if noted || a.accountChanged(someone.n) || a.holdingsChanged(someone.n) {
			users = append(users, someone.n)
		}
	}
	for len(users) > 0 {
		n := min(len(users), usersPerTransaction)
		err := a.Store.Update(ctx, func(tx *store.Tx) error { return a.rememberUsers(ctx, tx, users[:n], notes) })
		if err != nil {
			return err
		}
		users = users[n:]
	}
	return a.rememberEntitlements(ctx)
}

// accountChanged reports whether the user's account is not as remembered.
func (a *applier) accountChanged(userN int64) bool {
	row, had := a.rows[userN]
	i, has := a.accountOf[userN]
	if !has || !had {
		return has != had
	}
	found := a.accounts[i]
	return row.NativeID != found.ID || row.Name != found.Name || row.Active != found.Active || !row.Attributes.Equal(found.Attributes)
}

// holdingsChanged reports whether what is remembered as there is not there, or
// the other way round.
func (a *applier) holdingsChanged(userN int64) bool {
	present := map[int64]bool{}
	if i, ok := a.accountOf[userN]; ok {
		for _, o := range a.holdingsOf(i) {
			present[o.ent] = true
		}
	}
	for _, row := range a.rememberedOf(userN) {
		if row.Observed != present[row.EntN] {
			return true
		}
	}
	return false
}

// rememberUsers stores some users' accounts and holdings as the picture shows
// them. Only what is managed is remembered of holdings: the rest is looked at
// anew each time.
func (a *applier) rememberUsers(ctx context.Context, tx *store.Tx, users []int64, notes map[int64]bookkeeping) error {
	var accounts []store.AccountRow
	var gone []int64
	var keep, drop []store.AssignmentRow
	var events []audit.Event
	for _, userN := range users {
		note := notes[userN]
		if i, ok := a.accountOf[userN]; ok {
			accounts = append(accounts, a.accountRow(userN, a.accounts[i], note.adoptAccount))
		} else if _, had := a.rows[userN]; had {
			gone = append(gone, userN)
		}
		kept, dropped := a.assignmentRows(userN, note)
		keep, drop = append(keep, kept...), append(drop, dropped...)
		if note.adoptAccount || len(note.adopt) > 0 {
			events = append(events, a.adoptionEvent(userN, note))
		}
	}
	if err := tx.SaveAccounts(ctx, accounts, events...); err != nil {
		return err
	}
	if err := tx.DropAccounts(ctx, a.state.N, gone); err != nil {
		return err
	}
	if err := tx.SaveAssignments(ctx, keep); err != nil {
		return err
	}
	return tx.DropAssignments(ctx, drop)
}

func (a *applier) accountRow(userN int64, found targets.Account, adopt bool) store.AccountRow {
	return store.AccountRow{
		TargetN: a.state.N, UserN: userN, NativeID: found.ID, Name: found.Name, Active: found.Active,
		Managed: a.rows[userN].Managed || adopt, Attributes: found.Attributes,
	}
}

// assignmentRows returns the rows of one user that are to be stored and dropped.
func (a *applier) assignmentRows(userN int64, note bookkeeping) (keep, drop []store.AssignmentRow) {
	present := map[int64]bool{}
	if i, ok := a.accountOf[userN]; ok {
		for _, o := range a.holdingsOf(i) {
			present[o.ent] = true
		}
	}
	for _, row := range a.rememberedOf(userN) {
		if slices.Contains(note.forget, row.EntN) {
			drop = append(drop, row)
			continue
		}
		if row.Observed != present[row.EntN] {
			row.Observed = present[row.EntN]
			keep = append(keep, row)
		}
	}
	for _, n := range note.adopt {
		keep = append(keep, store.AssignmentRow{TargetN: a.state.N, UserN: userN, EntN: a.ents.settled(n), Managed: true, Observed: true})
	}
	return keep, drop
}

func (a *applier) adoptionEvent(userN int64, note bookkeeping) audit.Event {
	detail := map[string]any{"target": a.dest.Name(), "account": a.accounts[a.accountOf[userN]].Name}
	if note.adoptAccount {
		detail["adopted_account"] = true
	}
	var adopted []string
	for _, n := range note.adopt {
		adopted = append(adopted, a.ents.name(n).String())
	}
	if len(adopted) > 0 {
		slices.Sort(adopted)
		detail["entitlements"] = adopted
	}
	return audit.Event{Actor: actorHub, Action: "access.adopted", Subject: "user:" + a.userName(userN), Run: a.run, Detail: detail}
}

func (a *applier) userName(userN int64) string {
	i, ok := slices.BinarySearchFunc(a.people, userN, func(p person, n int64) int { return cmp.Compare(p.n, n) })
	if !ok {
		return ""
	}
	return a.people[i].name
}

// rememberEntitlements stores which entitlements the target has, where that
// changed.
func (a *applier) rememberEntitlements(ctx context.Context) error {
	var come, gone []int64
	for n := range a.ents.names {
		switch {
		case n < 0 || a.exists[n] == a.existed[n]:
		case a.exists[n]:
			come = append(come, n)
		case a.whole:
			gone = append(gone, n)
		}
	}
	if len(come)+len(gone) == 0 {
		return nil
	}
	slices.Sort(come)
	slices.Sort(gone)
	return a.Store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.SetEntitlementsPresent(ctx, come, true); err != nil {
			return err
		}
		return tx.SetEntitlementsPresent(ctx, gone, false)
	})
}

// hold puts what a guard stopped where a person finds it, and drops what is no
// longer planned.
func (a *applier) hold(ctx context.Context, tx *store.Tx) error {
	open := map[string]bool{}
	for _, row := range a.heldRows {
		open[row.ID] = true
	}
	var rows []store.HeldRow
	var events []audit.Event
	planned := map[string]bool{}
	for _, c := range a.changes {
		planned[c.ID] = true // released, or allowed by now: stays until it is done
	}
	for _, s := range a.stopped {
		planned[s.Change.ID] = true
		if open[s.Change.ID] {
			continue
		}
		rows = append(rows, heldRow(s, tx.Now()))
		events = append(events, a.heldEvent(s))
	}
	if err := tx.SaveHeld(ctx, rows, events...); err != nil {
		return err
	}
	var over []string
	for _, row := range a.heldRows {
		if !planned[row.ID] && a.looksAfter(row.UserN) {
			over = append(over, row.ID)
		}
	}
	return tx.DropHeld(ctx, over)
}

// looksAfter reports whether this run planned for the user.
func (a *applier) looksAfter(userN int64) bool {
	return userN == 0 && a.whole || a.userName(userN) != ""
}

func heldRow(s plan.Stopped, now time.Time) store.HeldRow {
	c := s.Change
	return store.HeldRow{
		ID: c.ID, Kind: heldRemoval, Target: c.Target, UserN: c.UserN, Subject: cmp.Or(c.User, c.Account.Name),
		Action: string(c.Action), Entitlement: address(c.Entitlement), Reason: s.Reason, Created: now,
		Data: map[string]any{"account": c.Account.Name},
	}
}

func (a *applier) heldEvent(s plan.Stopped) audit.Event {
	e := a.event("change.held", s.Change, nil)
	e.Detail["reason"] = s.Reason
	return e
}
