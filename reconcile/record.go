package reconcile

import (
	"context"
	"strings"
	"time"

	"birthright/audit"
	"birthright/plan"
	"birthright/store"
	"birthright/targets"
)

// intend puts changes on record before they are tried: the intent, its audit
// event, and that what is added or made is ours from now on. Changes for people who are
// no longer as they were planned for are dropped.
func (a *applier) intend(ctx context.Context, changes []plan.Change) (kept []plan.Change, err error) {
	if len(changes) == 0 {
		return nil, nil
	}
	users := make([]int64, 0, len(changes))
	for _, c := range changes {
		if c.UserN != 0 {
			users = append(users, c.UserN)
		}
	}
	err = a.Store.Update(ctx, func(tx *store.Tx) error {
		old, err := a.outdated(ctx, tx, users)
		if err != nil {
			return err
		}
		kept = kept[:0]
		var rows []store.ChangeRow
		var ours []store.AssignmentRow
		var accounts []store.AccountRow
		var events []audit.Event
		for _, c := range changes {
			if old[c.UserN] {
				continue
			}
			kept, rows = append(kept, c), append(rows, a.changeRow(c, tx.Now()))
			events = append(events, a.intent(c))
			switch c.Action {
			case targets.Add:
				ours = append(ours, a.askingFor(c))
			case targets.CreateAccount:
				accounts = append(accounts, a.asking(c))
			}
		}
		if err := tx.SaveAccounts(ctx, accounts); err != nil {
			return err
		}
		if err := tx.SaveAssignments(ctx, ours); err != nil {
			return err
		}
		return tx.SaveChanges(ctx, rows, events...)
	})
	return kept, err
}

func (a *applier) changeRow(c plan.Change, at time.Time) store.ChangeRow {
	return store.ChangeRow{
		ID: a.run + "." + c.ID, Run: a.run, Target: c.Target, UserN: c.UserN, User: c.User,
		Action: string(c.Action), Account: c.Account.Name, Entitlement: address(c.Entitlement),
		Causes: c.Causes, Ordered: c.Ordered, PlannedAt: at,
	}
}

// changeName returns the plan's name of a stored change.
func changeName(row store.ChangeRow) string { return strings.TrimPrefix(row.ID, row.Run+".") }

func (a *applier) assignment(c plan.Change) store.AssignmentRow {
	return store.AssignmentRow{TargetN: a.state.N, UserN: c.UserN, EntN: a.ents.settled(a.ents.numbers[c.Entitlement])}
}

// askingFor is the row of what is about to be added: ours from now on, and there,
// until the answer comes, as far as it was seen before.
func (a *applier) askingFor(c plan.Change) store.AssignmentRow {
	row := a.assignment(c)
	row.Managed = true
	if o, there := a.seenHolding(c); there {
		row.Observed, row.ExpiresAt = true, o.until
	}
	return row
}

// seenHolding returns the observation that the account of a change has already what
// is to be added.
func (a *applier) seenHolding(c plan.Change) (observation, bool) {
	ent := a.ents.numbers[c.Entitlement]
	for _, o := range a.seenOf(c.UserN) {
		if a.ents.settled(o.ent) == ent && !o.indirect {
			return o, true
		}
	}
	return observation{}, false
}

func (a *applier) event(action string, c plan.Change) audit.Event {
	detail := map[string]any{"change": c.ID, "target": c.Target, "action": string(c.Action)}
	if c.Account.Name != "" {
		detail["account"] = c.Account.Name
	}
	if !c.Entitlement.IsZero() {
		detail["entitlement"] = c.Entitlement.String()
	}
	if !c.NotAfter.IsZero() {
		detail["not_after"] = c.NotAfter
	}
	return audit.Event{Actor: a.actor, Action: action, Subject: subject(c.User, c.Target), Run: a.run, Detail: detail}
}

func (a *applier) intent(c plan.Change) audit.Event {
	e := a.event("change.intent", c)
	e.Detail["causes"] = causeTexts(c)
	return e
}

func (a *applier) outcome(c plan.Change, v verdict) audit.Event {
	e := a.event("change.outcome", c)
	e.Detail["outcome"] = v.outcome
	if v.err != "" {
		e.Detail["error"] = v.err
	}
	return e
}

func causeTexts(c plan.Change) []string {
	texts := make([]string, len(c.Causes))
	for i, cause := range c.Causes {
		texts[i] = cause.String()
	}
	return texts
}

// subject names whom an event is about: a user or, where there is none, the target.
func subject(user, target string) string {
	if user == "" {
		return "target:" + target
	}
	return "user:" + user
}

// record writes what became of the changes: the outcome with its audit event,
// and what is remembered of the target.
func (a *applier) record(ctx context.Context, changes []plan.Change, verdicts []verdict) error {
	opened := a.sessionsOf(changes, verdicts, a.Now())
	a.mu.Lock()
	a.opened = append(a.opened, opened...)
	a.mu.Unlock()
	err := a.Store.Update(ctx, func(tx *store.Tx) error {
		open, err := a.stillOpen(ctx, tx, changes)
		if err != nil {
			return err
		}
		m := memory{applier: a}
		var rows []store.ChangeRow
		var events []audit.Event
		var again []store.Work
		for i, c := range changes {
			v := verdicts[i]
			row := a.changeRow(c, tx.Now()) // the stored time of planning stays
			if !open[row.ID] {
				again, events = append(again, lookAfter(c)...), append(events, a.late(c, v))
				m.late(c, v.result)
				continue
			}
			row.Outcome, row.Error, row.FinishedAt = v.outcome, v.err, tx.Now()
			rows, events = append(rows, row), append(events, a.outcome(c, v))
			m.take(c, v.result)
		}
		if err := tx.SaveChanges(ctx, rows, events...); err != nil {
			return err
		}
		if err := tx.SaveSessionEnds(ctx, opened); err != nil {
			return err
		}
		if err := m.save(ctx, tx); err != nil {
			return err
		}
		return tx.EnqueueWork(ctx, append(again, a.lookAgainAt(changes, verdicts)...))
	})
	if err == nil {
		a.tell(changes, verdicts)
	}
	return err
}

// tell has the witness hear what became of changes.
func (a *applier) tell(changes []plan.Change, verdicts []verdict) {
	told := make([]Change, len(changes))
	for i, c := range changes {
		v := shown(c, verdicts[i])
		told[i] = reportChange(c, v.outcome, v.err)
	}
	a.Witness.Recorded(a.run, a.partOf, a.dest.Name(), told)
}

// stillOpen returns which changes nobody has closed: a program that was stopped for a
// while and goes on finds that another one has looked after its people meanwhile.
func (a *applier) stillOpen(ctx context.Context, tx *store.Tx, changes []plan.Change) (map[string]bool, error) {
	ids := make([]string, len(changes))
	for i, c := range changes {
		ids[i] = a.run + "." + c.ID
	}
	return tx.StillOpen(ctx, ids)
}

// late is the event of an outcome that came after the change was given up.
func (a *applier) late(c plan.Change, v verdict) audit.Event {
	e := a.outcome(c, v)
	e.Action = "change.late"
	return e
}

// lookAfter is the work of looking at the target again, for the user of a change that
// somebody else has closed: what it did may be no longer what is wanted.
func lookAfter(c plan.Change) []store.Work {
	if c.UserN == 0 {
		return nil
	}
	return []store.Work{{Target: c.Target, UserN: c.UserN, Removal: true}}
}
