package reconcile

import (
	"context"
	"slices"

	"birthright/plan"
	"birthright/store"
	"birthright/targets"
)

// memory gathers what the store must remember after some changes.
type memory struct {
	*applier
	accounts   []store.AccountRow
	noAccounts []int64
	assigned   []store.AssignmentRow
	unassigned []store.AssignmentRow
	present    []int64
	released   []string
}

// take notes one change with its result.
func (m *memory) take(c plan.Change, res targets.Result) {
	switch {
	case res.Outcome.OK():
		m.done(c, res)
	case c.Action == targets.Add && !mayBeTrue(res.Outcome) && !m.wasOurs(c):
		m.unassigned = append(m.unassigned, m.assignment(c)) // it is not ours after all
	case c.Action == targets.CreateAccount && !mayBeTrue(res.Outcome):
		m.noAccounts = append(m.noAccounts, c.UserN)
	}
}

// late notes what a change may have given after somebody else had closed it. It is
// the hub's, and goes if nothing gives it any more.
func (m *memory) late(c plan.Change, res targets.Result) {
	if c.Action != targets.Add || c.UserN == 0 || !res.Outcome.OK() && !mayBeTrue(res.Outcome) {
		return
	}
	row := m.assignment(c)
	row.Managed, row.Observed, row.Ended = true, true, true
	m.assigned = append(m.assigned, row)
}

// mayBeTrue reports whether something that was asked for may be there, or come
// to be there, although the target does not show it.
func mayBeTrue(o targets.Outcome) bool { return o == targets.Pending || o == targets.Unknown }

// wasOurs reports whether the entitlement was remembered before this run asked
// for it, or there, so that only its end was to move: an earlier invitation may
// still be open.
func (m *memory) wasOurs(c plan.Change) bool {
	if _, there := m.seenHolding(c); there {
		return true
	}
	ent := m.assignment(c).EntN
	return slices.ContainsFunc(m.rememberedOf(c.UserN), func(row store.AssignmentRow) bool { return row.EntN == ent })
}

// done notes a change whose aim is true on the target.
func (m *memory) done(c plan.Change, res targets.Result) {
	if c.Action.Removes() {
		m.released = append(m.released, c.ID)
	}
	if c.UserN == 0 && c.Action != targets.CreateEntitlement {
		return // a stranger's account: nothing of it is remembered
	}
	switch c.Action {
	case targets.Add:
		row := m.assignment(c)
		row.Managed, row.Observed, row.ExpiresAt = true, true, unixMicro(c.NotAfter)
		m.assigned = append(m.assigned, row)
		if !m.exists[row.EntN] {
			m.present = append(m.present, row.EntN)
		}
		if res.AccountID != "" && res.AccountID != c.Account.ID {
			m.account(c, res) // adding brought the account into being
		}
	case targets.Remove:
		m.unassigned = append(m.unassigned, m.assignment(c))
	case targets.CreateEntitlement:
		m.present = append(m.present, m.assignment(c).EntN)
	case targets.DeleteAccount:
		m.noAccounts = append(m.noAccounts, c.UserN)
	default:
		m.account(c, res)
	}
}

// account notes the account of a change as the change leaves it. One that is
// there only as long as it holds something is the target's to end.
func (m *memory) account(c plan.Change, res targets.Result) {
	row := store.AccountRow{
		TargetN: m.state.N, UserN: c.UserN, NativeID: c.Account.ID, Name: c.Account.Name,
		Active: c.Action != targets.DisableAccount, Managed: c.Action != targets.Add, Attributes: c.Account.Attributes,
	}
	if res.AccountID != "" {
		row.NativeID = res.AccountID
	}
	m.accounts = append(m.accounts, row)
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
	return tx.DropHeld(ctx, m.released)
}
