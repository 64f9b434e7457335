package reconcile

import (
	"cmp"
	"context"
	"slices"

	"birthright/audit"
	"birthright/store"
	"birthright/targets"
)

// begin brings the store up to the picture before anything is applied: numbers
// for what is new, what was found, what was adopted, what is held. The target is locked
// for one short step at a time: whoever has something to take away gets in between, and
// about whom somebody decided since, nothing is written.
func (a *applier) begin(ctx context.Context) error {
	if a.state.N == 0 || len(a.ents.fresh) > 0 || len(a.leftovers) > 0 {
		if err := a.updateLocked(ctx, func(tx *store.Tx) error { return a.number(ctx, tx) }); err != nil {
			return err
		}
	}
	if err := a.rememberPicture(ctx); err != nil {
		return err
	}
	if err := a.rememberEntitlements(ctx); err != nil {
		return err
	}
	if err := a.observe(ctx); err != nil {
		return err
	}
	if err := a.endOrders(ctx); err != nil {
		return err
	}
	return a.hold(ctx)
}

// updateLocked changes the store while nobody else changes the target.
func (a *applier) updateLocked(ctx context.Context, change func(tx *store.Tx) error) error {
	unlock, err := a.lock(ctx, false)
	if err != nil {
		return err
	}
	defer unlock()
	return a.Store.Update(ctx, change)
}

// lock keeps everybody else from changing the target, unless the run has it
// locked from start to end.
func (a *applier) lock(ctx context.Context, urgent bool) (unlock func(), err error) {
	if a.locked {
		return func() {}, nil
	}
	return a.lockTarget(ctx, a.dest.Name(), urgent)
}

// number gives the target and everything named in the plan a number in the
// store, and ends what a killed program left open.
func (a *applier) number(ctx context.Context, tx *store.Tx) error {
	state, err := tx.TargetState(ctx, a.dest.Name())
	if err != nil {
		return err
	}
	a.state.N = state.N
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

// rememberPicture stores where the picture differs from what was remembered,
// some users at a time.
func (a *applier) rememberPicture(ctx context.Context) error {
	notes := make(map[int64]bookkeeping, len(a.outcomes))
	for _, o := range a.outcomes {
		notes[o.userN] = o
	}
	var users []int64
	for _, u := range a.decision.users {
		if _, noted := notes[u.n]; noted || a.accountChanged(u.n) || a.holdingsChanged(u.n) {
			users = append(users, u.n)
		}
	}
	for chunk := range slices.Chunk(users, usersPerTransaction) {
		if err := a.updateLocked(ctx, func(tx *store.Tx) error { return a.rememberUsers(ctx, tx, chunk, notes) }); err != nil {
			return err
		}
	}
	return nil
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
	seen := a.seenOf(userN)
	return slices.ContainsFunc(a.rememberedOf(userN), func(row store.AssignmentRow) bool {
		o, there := find(seen, row.EntN)
		return row.Observed != there || there && !expects(row, o)
	})
}

// find returns the one of some observations that is about an entitlement.
func find(seen []observation, ent int64) (observation, bool) {
	i, found := slices.BinarySearchFunc(seen, ent, func(o observation, n int64) int { return cmp.Compare(o.ent, n) })
	if !found {
		return observation{}, false
	}
	return seen[i], true
}

// rememberUsers stores some users' accounts and holdings as the picture shows
// them. Only what is managed is remembered of holdings: the rest is looked at
// anew each time.
func (a *applier) rememberUsers(ctx context.Context, tx *store.Tx, users []int64, notes map[int64]bookkeeping) error {
	old, err := a.outdated(ctx, tx, users)
	if err != nil {
		return err
	}
	var accounts []store.AccountRow
	var gone []int64
	var keep, drop []store.AssignmentRow
	var events []audit.Event
	for _, userN := range users {
		if old[userN] {
			continue
		}
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
	seen := a.seenOf(userN)
	for _, row := range a.rememberedOf(userN) {
		if slices.Contains(note.forget, row.EntN) {
			drop = append(drop, row)
			continue
		}
		o, there := find(seen, row.EntN)
		renewed, moved := slices.Contains(note.renew, row.EntN), there && !expects(row, o)
		if row.Observed != there || renewed || moved {
			row.Observed, row.Ended = there, row.Ended && !renewed
			if there {
				row.ExpiresAt = o.until
			}
			keep = append(keep, row)
		}
	}
	for _, n := range note.adopt {
		o, _ := find(seen, n)
		keep = append(keep, store.AssignmentRow{
			TargetN: a.state.N, UserN: userN, EntN: a.ents.settled(n), Managed: true, Observed: true, ExpiresAt: o.until,
		})
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
	u, _ := a.person(userN)
	return audit.Event{Actor: a.actor, Action: "access.adopted", Subject: subject(u.name, ""), Run: a.run, Detail: detail}
}

// rememberEntitlements stores which entitlements the target has, where a look
// at it showed something new.
func (a *applier) rememberEntitlements(ctx context.Context) error {
	var come, gone []int64
	for n := range a.ents.names {
		switch {
		case n < 0 || a.exists[n] == a.existed[n]:
		case a.exists[n]:
			come = append(come, n)
		default:
			gone = append(gone, n)
		}
	}
	titles := a.newTitles()
	if len(come)+len(gone)+len(titles) == 0 {
		return nil
	}
	slices.Sort(come)
	slices.Sort(gone)
	return a.updateLocked(ctx, func(tx *store.Tx) error {
		if err := tx.NameEntitlements(ctx, titles); err != nil {
			return err
		}
		if err := tx.SetEntitlementsPresent(ctx, come, true); err != nil {
			return err
		}
		return tx.SetEntitlementsPresent(ctx, gone, false)
	})
}

// newTitles is what the target calls entitlements, where that was not known. One that a
// look did not show keeps its name: requests and reports of it stay readable.
func (a *applier) newTitles() map[int64]string {
	out := map[int64]string{}
	for n, title := range a.titles {
		if settled := a.ents.settled(n); settled > 0 {
			out[settled] = title
		}
	}
	return out
}
