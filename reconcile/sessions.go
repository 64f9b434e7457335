package reconcile

import (
	"context"
	"slices"
	"time"

	"birthright/audit"
	"birthright/identity"
	"birthright/plan"
	"birthright/store"
	"birthright/targets"
)

// What people have open may outlive their access. Where a target can end that, it
// does so after access was taken away by order. It is put down in the transaction
// that puts down the removal, and forgotten when it was done: a program that is
// killed in between, or a target that fails, only delays it. The removal itself
// went through, whatever becomes of the sessions.

// sessionsOf is what is to be ended after some changes.
func (a *applier) sessionsOf(changes []plan.Change, verdicts []verdict, now time.Time) []store.SessionEnd {
	if _, ends := a.dest.Target.(targets.SessionEnder); !ends {
		return nil
	}
	var due []store.SessionEnd
	for i, c := range changes {
		if !c.Action.Removes() || !c.Ordered || c.UserN == 0 || !verdicts[i].result.Outcome.OK() {
			continue
		}
		s := store.SessionEnd{TargetN: a.state.N, UserN: c.UserN, NativeID: c.Account.ID, Name: c.Account.Name, Since: now}
		if c.Action == targets.Remove {
			s.EntN = a.assignment(c).EntN
		}
		due = append(due, s)
	}
	return due
}

// sessionsLeftBehind is sessionsOf changes that a killed program left behind: whether
// access went before or goes now, what is open is to end.
func (a *applier) sessionsLeftBehind(ctx context.Context, tx *store.Tx, closed []store.ChangeRow) error {
	if _, ends := a.dest.Target.(targets.SessionEnder); !ends {
		return nil
	}
	var due []store.SessionEnd
	for _, c := range closed {
		if action := targets.Action(c.Action); !action.Removes() || !c.Ordered || c.UserN == 0 {
			continue
		}
		s := store.SessionEnd{TargetN: a.state.N, UserN: c.UserN, NativeID: a.rows[c.UserN].NativeID, Name: c.Account, Since: tx.Now()}
		if e, err := identity.ParseEntitlement(c.Entitlement); err == nil {
			numbers, err := tx.EntitlementNumbers(ctx, []identity.Entitlement{e}, false)
			if err != nil {
				return err
			}
			s.EntN = numbers[e]
			a.ents.know(e, s.EntN)
		}
		due = append(due, s)
	}
	a.sessions = append(a.sessions, due...)
	return tx.SaveSessionEnds(ctx, due)
}

// endSessions ends what is due of a few people at once, and leaves work for what
// could not be ended.
func (a *applier) endSessions(ctx context.Context, due []store.SessionEnd) error {
	ender, ends := a.dest.Target.(targets.SessionEnder)
	if !ends || len(due) == 0 {
		return nil
	}
	byEnt := map[int64][]store.SessionEnd{}
	var ents []int64
	for _, s := range due {
		if byEnt[s.EntN] == nil {
			ents = append(ents, s.EntN)
		}
		byEnt[s.EntN] = append(byEnt[s.EntN], s)
	}
	slices.Sort(ents)
	for _, ent := range ents {
		if err := a.endSessionsUnder(ctx, ender, ent, byEnt[ent]); err != nil {
			return err
		}
	}
	return nil
}

// endSessionsUnder ends what may rest on one entitlement.
func (a *applier) endSessionsUnder(ctx context.Context, ender targets.SessionEnder, ent int64, due []store.SessionEnd) error {
	accounts := make([]targets.Account, len(due))
	for i, s := range due {
		accounts[i] = targets.Account{ID: s.NativeID, Name: s.Name}
	}
	var e identity.Entitlement
	if ent != 0 {
		e = a.ents.name(ent)
	}
	hurry, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	n, why := ender.EndSessions(hurry, accounts, e)
	ctx = context.WithoutCancel(ctx) // what was done must be on record
	if why != nil {
		a.Log.Warn("sessions could not be ended; it will be tried again", "target", a.dest.Name(), "error", why)
		a.oweSessions(due, why)
		return a.Store.Update(ctx, func(tx *store.Tx) error {
			return tx.SaveSessionEnds(ctx, due, a.sessionEvent("sessions.failed", due, e, map[string]any{"error": why.Error()}))
		})
	}
	return a.Store.Update(ctx, func(tx *store.Tx) error {
		return tx.DropSessionEnds(ctx, due, a.sessionEvent("sessions.ended", due, e, map[string]any{"ended": n}))
	})
}

// oweSessions has the users looked after again soon.
func (a *applier) oweSessions(due []store.SessionEnd, why error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range due {
		a.owed = append(a.owed, store.Work{
			Target: a.dest.Name(), UserN: s.UserN, DueAt: a.Now().Add(retryAfter(1, true)), Removal: true,
			LastError: "its access is gone, but what the account has open could not be ended: " + why.Error(),
		})
	}
}

func (a *applier) sessionEvent(action string, due []store.SessionEnd, e identity.Entitlement, detail map[string]any) audit.Event {
	names := make([]string, len(due))
	for i, s := range due {
		names[i] = s.Name
	}
	slices.Sort(names)
	detail["target"], detail["accounts"] = a.dest.Name(), names
	if !e.IsZero() {
		detail["entitlement"] = e.String()
	}
	who := ""
	if u, known := a.person(due[0].UserN); known && len(due) == 1 {
		who = u.name
	}
	return audit.Event{Actor: a.actor, Action: action, Subject: subject(who, a.dest.Name()), Run: a.run, Detail: detail}
}

// endOldSessions ends what earlier runs left. Who was given the access anew
// meanwhile keeps what is open.
func (a *applier) endOldSessions(ctx context.Context) error {
	var due, kept []store.SessionEnd
	for _, s := range a.sessions {
		if a.givenAnew(s) {
			kept = append(kept, s)
		} else {
			due = append(due, s)
		}
	}
	if len(kept) > 0 {
		err := a.Store.Update(ctx, func(tx *store.Tx) error {
			return tx.DropSessionEnds(ctx, kept, a.sessionEvent("sessions.kept", kept, identity.Entitlement{}, map[string]any{"reason": "access was given anew"}))
		})
		if err != nil {
			return err
		}
	}
	return a.endSessions(ctx, due)
}

// givenAnew reports whether what went is given again: the entitlement, or to an
// account that was closed anything.
func (a *applier) givenAnew(s store.SessionEnd) bool {
	u, known := a.person(s.UserN)
	if !known {
		return false
	}
	given := a.entitlementsOf(u)
	if s.EntN == 0 {
		return len(given) > 0
	}
	return slices.ContainsFunc(given, func(n int64) bool { return a.ents.settled(n) == s.EntN })
}
