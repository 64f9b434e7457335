package reconcile

import (
	"context"
	"time"

	"birthright/identity"
	"birthright/plan"
	"birthright/store"
	"birthright/targets"
)

// What a target has accepted and not yet made so (an invitation, a job of its own) is
// looked at again and again, less and less often, and asked for anew now and then: an
// invitation may have lapsed.
const (
	firstPendingLook = 5 * time.Second
	lastPendingLook  = 15 * time.Minute
	askAgain         = time.Hour
	takeAgain        = time.Minute // the same of what must go
	// longestPending is after how long nobody believes any more that it will be so.
	longestPending = 31 * 24 * time.Hour
)

// loadPending reads what the target has accepted, by the plan's name of the change.
func (p *prepared) loadPending(ctx context.Context, tx *store.Tx, scope []int64) error {
	rows, err := tx.PendingChanges(ctx, p.dest.Name(), scope, tx.Now().Add(-longestPending))
	p.pending, p.invited = make(map[string]time.Time, len(rows)), map[int64]bool{}
	for _, row := range rows {
		p.pending[changeName(row)] = row.FinishedAt
		if targets.Action(row.Action) == targets.CreateAccount {
			p.invited[row.UserN] = true
		}
	}
	return err
}

// withdraw plans that invitations are taken back of people who are to have nothing any
// more: whoever took one up later would be let in after they left.
func (p *prepared) withdraw() {
	if len(p.invited) == 0 || !p.dest.Settings.Capabilities.DeleteAccounts {
		return
	}
	for _, u := range p.decision.users {
		if _, there := p.accountOf[u.n]; p.invited[u.n] && !there && p.unclear[u.n] == "" && len(p.entitlementsOf(u)) == 0 {
			p.changes = append(p.changes, plan.Withdrawal(p.dest.Name(), u.n, u.name, p.accountFor(u)))
		}
	}
	plan.Sort(p.changes)
}

// withhold takes out of the plan what the target has accepted already, and what waits
// for an account that it has accepted to make; patience says for how long that holds.
func (p *prepared) withhold(now time.Time, patience func(targets.Action) time.Duration) {
	if len(p.pending) == 0 {
		return
	}
	young := func(c plan.Change) bool {
		since, accepted := p.pending[c.ID]
		return accepted && now.Sub(since) < patience(c.Action)
	}
	unmade := map[int64]time.Time{} // users whose account is being made
	for _, c := range p.changes {
		if c.Action == targets.CreateAccount && young(c) {
			unmade[c.UserN] = p.pending[c.ID]
		}
	}
	kept := p.changes[:0]
	for _, c := range p.changes {
		since, waits := unmade[c.UserN]
		switch {
		case young(c):
			p.withholdOne(c, p.pending[c.ID])
		case waits && c.UserN != 0 && !c.Action.Removes():
			p.withholdOne(c, since)
		default:
			kept = append(kept, c)
		}
	}
	p.changes = kept
}

func (p *prepared) withholdOne(c plan.Change, since time.Time) {
	p.withheld = append(p.withheld, withheld{c, since})
	what := "its account"
	if c.Entitlement != (identity.Entitlement{}) {
		what = c.Entitlement.String()
	}
	p.waiting = append(p.waiting, Waiting{User: c.User, Entitlements: []string{what},
		Reason: "the target accepted it at " + since.UTC().Format(time.DateTime) + " UTC and has not made it so yet (" + string(c.Action) + ")"})
}

// withheld is a change that the target has accepted, and since when.
type withheld struct {
	plan.Change
	since time.Time
}

// untilAsked is how long an accepted change is believed in without asking anew.
func untilAsked(a targets.Action) time.Duration {
	if a.Removes() {
		return takeAgain
	}
	return askAgain
}

// always is the patience of somebody who only looks.
func always(targets.Action) time.Duration { return longestPending }

// oweLooks notes that what is withheld is to be looked at again.
func (a *applier) oweLooks() {
	for _, w := range a.withheld {
		pause := min(max(a.Now().Sub(w.since), firstPendingLook), lastPendingLook)
		a.oweLook(w.Change, a.Now().Add(pause))
	}
}

// oweLook notes that a change is to be looked at, which is no failure of it.
func (a *applier) oweLook(c plan.Change, at time.Time) {
	if c.UserN != 0 {
		a.owed = append(a.owed, store.Work{Target: c.Target, UserN: c.UserN, DueAt: at, Removal: c.Action.Removes()})
	}
}
