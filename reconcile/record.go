package reconcile

import (
	"context"
	"time"

	"birthright/audit"
	"birthright/plan"
	"birthright/store"
	"birthright/targets"
)

// intend puts changes on record before they are tried: the intent, its audit
// event, and that what is added is ours from now on. Changes for people who
// changed since the plan was made are dropped; somebody else looks after them.
func (a *applier) intend(ctx context.Context, changes []plan.Change) ([]plan.Change, error) {
	var kept []plan.Change
	err := a.Store.Update(ctx, func(tx *store.Tx) error {
		kept = kept[:0]
		changed, err := tx.UsersChangedSince(ctx, a.decision.at)
		if err != nil {
			return err
		}
		var rows []store.ChangeRow
		var ours []store.AssignmentRow
		var events []audit.Event
		for _, c := range changes {
			if _, moved := changed[c.UserN]; moved && c.UserN != 0 {
				continue
			}
			kept = append(kept, c)
			rows = append(rows, a.changeRow(c, tx.Now()))
			events = append(events, a.event("change.intent", c, nil))
			if c.Action == targets.Add {
				ours = append(ours, store.AssignmentRow{
					TargetN: a.state.N, UserN: c.UserN, EntN: a.ents.settled(a.ents.numbers[c.Entitlement]), Managed: true,
				})
			}
		}
		if len(kept) == 0 {
			return nil
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

func (a *applier) event(action string, c plan.Change, v *verdict) audit.Event {
	detail := map[string]any{"change": c.ID, "target": c.Target, "action": string(c.Action), "account": c.Account.Name}
	if !c.Entitlement.IsZero() {
		detail["entitlement"] = c.Entitlement.String()
	}
	if v == nil {
		causes := make([]string, len(c.Causes))
		for i, cause := range c.Causes {
			causes[i] = cause.String()
		}
		detail["causes"] = causes
	} else {
		detail["outcome"] = v.outcome
		if v.err != "" {
			detail["error"] = v.err
		}
	}
	subject := "user:" + c.User
	if c.User == "" {
		subject = "target:" + c.Target
	}
	return audit.Event{Actor: a.actor, Action: action, Subject: subject, Run: a.run, Detail: detail}
}

// record writes what became of the changes: the outcome with its audit event,
// and what is remembered of the target.
func (a *applier) record(ctx context.Context, changes []plan.Change, verdicts []verdict) error {
	return a.Store.Update(ctx, func(tx *store.Tx) error {
		m := memory{applier: a}
		rows := make([]store.ChangeRow, len(changes))
		events := make([]audit.Event, len(changes))
		for i, c := range changes {
			v := verdicts[i]
			rows[i] = a.changeRow(c, a.decision.at)
			rows[i].Outcome, rows[i].Error, rows[i].FinishedAt = v.outcome, v.err, tx.Now()
			events[i] = a.event("change.outcome", c, &v)
			if v.result.Outcome.OK() {
				m.done(c, v.result)
			} else {
				m.failed(c, v)
			}
		}
		if err := tx.SaveChanges(ctx, rows, events...); err != nil {
			return err
		}
		return m.save(ctx, tx)
	})
}

// memory gathers what the store must remember after some changes.
type memory struct {
	*applier
	accounts    []store.AccountRow
	noAccounts  []int64
	assigned    []store.AssignmentRow
	unassigned  []store.AssignmentRow
	present     []int64
	releasedIDs []string
}

func (m *memory) row(c plan.Change) store.AssignmentRow {
	return store.AssignmentRow{TargetN: m.state.N, UserN: c.UserN, EntN: m.ents.settled(m.ents.numbers[c.Entitlement])}
}

// done notes a change whose aim is true on the target.
func (m *memory) done(c plan.Change, res targets.Result) {
	if c.Action.Removes() {
		m.releasedIDs = append(m.releasedIDs, c.ID)
	}
	if c.UserN == 0 && c.Action != targets.CreateEntitlement {
		return // a stranger's account: nothing of it is remembered
	}
	switch c.Action {
	case targets.Add:
		row := m.row(c)
		row.Managed, row.Observed = true, true
		m.assigned = append(m.assigned, row)
		m.present = append(m.present, row.EntN)
		if c.Account.ID == "" && res.AccountID != "" {
			m.account(c, res) // adding brought the account into being
		}
	case targets.Remove:
		m.unassigned = append(m.unassigned, m.row(c))
	case targets.CreateEntitlement:
		m.present = append(m.present, m.row(c).EntN)
	case targets.DeleteAccount:
		m.noAccounts = append(m.noAccounts, c.UserN)
	default:
		m.account(c, res)
	}
}

// account notes the account of a change as the change leaves it.
func (m *memory) account(c plan.Change, res targets.Result) {
	row := store.AccountRow{
		TargetN: m.state.N, UserN: c.UserN, NativeID: c.Account.ID, Name: c.Account.Name,
		Active: c.Action != targets.DisableAccount, Managed: true, Attributes: c.Account.Attributes,
	}
	if res.AccountID != "" {
		row.NativeID = res.AccountID
	}
	m.accounts = append(m.accounts, row)
}

// failed notes a change that is not true: what was to be added is not ours after all.
func (m *memory) failed(c plan.Change, v verdict) {
	if c.Action == targets.Add && v.result.Outcome != targets.Pending && v.result.Outcome != targets.Unknown {
		m.unassigned = append(m.unassigned, m.row(c))
	}
}

func (m *memory) save(ctx context.Context, tx *store.Tx) error {
	if err := tx.SaveAccounts(ctx, m.accounts); err != nil {
		return err
	}
	if err := tx.DropAccounts(ctx, m.state.N, m.noAccounts); err != nil {
		return err
	}
	if err := tx.SaveAssignments(ctx, m.assigned); err != nil {
		return err
	}
	if err := tx.DropAssignments(ctx, m.unassigned); err != nil {
		return err
	}
	if err := tx.SetEntitlementsPresent(ctx, m.present, true); err != nil {
		return err
	}
	return tx.DropHeld(ctx, m.releasedIDs)
}
