package reconcile

import (
	"context"
	"slices"
	"time"

	"birthright/identity"
	"birthright/store"
	"birthright/targets"
)

// The ways in which an entitlement of a user can stand.
const (
	StandsInPlace  = "in place"  // it should be there, and is
	StandsMissing  = "missing"   // it should be there, and was not seen
	StandsLeftOver = "left over" // the hub made it, and nothing gives it any more
	StandsByHand   = "by hand"   // it is there, and nothing of the hub's doing
	StandsAbsent   = "absent"    // it should not be there, and is not
)

// Standing is how one entitlement of a user stands on its target.
type Standing struct {
	Entitlement string `json:"entitlement"`
	State       string `json:"state"`
	// Managed and Observed are what the target is remembered to have.
	Managed  bool `json:"managed"`
	Observed bool `json:"observed"`
	// Held are changes that a guard stopped.
	Held []HeldBack `json:"held"`
	// OverdueSince is since when the target could not be brought up to date, and
	// Trouble what it said last.
	OverdueSince *time.Time `json:"overdue_since"`
	Trouble      string     `json:"trouble"`
}

// HeldBack is a change that a guard stopped.
type HeldBack struct {
	ID     string    `json:"id"`
	Action string    `json:"action"`
	Reason string    `json:"reason"`
	Since  time.Time `json:"since"`
	// Release is the command that lets it go.
	Release string `json:"release"`
}

// standings looks up how what the groups carry stands on the targets.
func (x *explainer) standings(ctx context.Context, tx *store.Tx, out []Explained) error {
	wanted := map[identity.Entitlement]bool{}
	for _, name := range x.held() {
		g, _ := x.engine.Group(name)
		for _, e := range g.Access {
			wanted[e] = true
		}
	}
	var all []identity.Entitlement
	for i := range out {
		all = append(all, x.access(out[i].Group)...)
	}
	t, err := x.footing(ctx, tx, all)
	if err != nil {
		return err
	}
	for i := range out {
		for _, e := range x.access(out[i].Group) {
			out[i].Access = append(out[i].Access, t.standing(e, wanted[e]))
		}
	}
	return nil
}

// access is what a group carries, as far as it is asked about.
func (x *explainer) access(group string) []identity.Entitlement {
	g, _ := x.engine.Group(group)
	out := slices.Clone(g.Access)
	if !x.question.Entitlement.IsZero() {
		out = []identity.Entitlement{x.question.Entitlement}
	}
	slices.SortFunc(out, identity.CompareEntitlements)
	return out
}

// footing is what is known of a user on targets.
type footing struct {
	remembered map[identity.Entitlement]store.AssignmentRow
	held       []store.HeldRow
	overdue    map[string]store.Work
	failed     map[[2]string]store.ChangeRow // the last change, by target and entitlement, unless it went well
}

// changesLookedAt is how far back the last change of an entitlement is looked for.
const changesLookedAt = 200

func (x *explainer) footing(ctx context.Context, tx *store.Tx, all []identity.Entitlement) (footing, error) {
	t := footing{overdue: map[string]store.Work{}, failed: map[[2]string]store.ChangeRow{}}
	var err error
	if t.remembered, err = x.remembered(ctx, tx, all); err != nil {
		return t, err
	}
	if t.held, err = tx.Held(ctx, store.HeldFilter{UserNs: []int64{x.user.N}, Open: true}); err != nil {
		return t, err
	}
	late, err := tx.Overdue(ctx, "")
	if err != nil {
		return t, err
	}
	for _, w := range late {
		if w.UserN == x.user.N {
			t.overdue[w.Target] = w
		}
	}
	changes, err := tx.Changes(ctx, store.ChangeQuery{UserN: x.user.N, Limit: changesLookedAt})
	slices.Reverse(changes) // so that the newest decides
	for _, c := range changes {
		key := [2]string{c.Target, c.Entitlement}
		delete(t.failed, key)
		if !c.FinishedAt.IsZero() && !targets.Outcome(c.Outcome).OK() {
			t.failed[key] = c
		}
	}
	return t, err
}

// remembered reads what the targets are remembered to have of some entitlements.
func (x *explainer) remembered(ctx context.Context, tx *store.Tx, all []identity.Entitlement) (map[identity.Entitlement]store.AssignmentRow, error) {
	out := map[identity.Entitlement]store.AssignmentRow{}
	numbers, err := tx.EntitlementNumbers(ctx, all, false)
	if err != nil {
		return nil, err
	}
	states, err := tx.TargetStates(ctx)
	if err != nil {
		return nil, err
	}
	for _, state := range states {
		rows, err := tx.AssignmentsOfUsers(ctx, state.N, []int64{x.user.N})
		if err != nil {
			return nil, err
		}
		byN := map[int64]store.AssignmentRow{}
		for _, row := range rows {
			byN[row.EntN] = row
		}
		for e, n := range numbers {
			if row, ok := byN[n]; ok && e.Target == state.Name {
				out[e] = row
			}
		}
	}
	return out, nil
}

func (t footing) standing(e identity.Entitlement, wanted bool) Standing {
	row := t.remembered[e]
	s := Standing{Entitlement: e.String(), Managed: row.Managed, Observed: row.Observed, Held: []HeldBack{}, State: stands(wanted, row)}
	for _, h := range t.held {
		if h.Target == e.Target && (h.Entitlement == "" || h.Entitlement == s.Entitlement) {
			s.Held = append(s.Held, HeldBack{
				ID: h.ID, Action: h.Action, Reason: h.Reason, Since: h.Created, Release: "birthright held release " + h.ID + " --reason TEXT",
			})
		}
	}
	if w, ok := t.overdue[e.Target]; ok {
		since := w.Since.UTC()
		s.OverdueSince, s.Trouble = &since, w.LastError
	}
	if c, ok := t.failed[[2]string{e.Target, s.Entitlement}]; ok && s.Trouble == "" {
		s.Trouble = c.Action + " " + c.Outcome + ": " + c.Error
	}
	return s
}

func stands(wanted bool, row store.AssignmentRow) string {
	switch {
	case wanted && row.Observed:
		return StandsInPlace
	case wanted:
		return StandsMissing
	case row.Observed && row.Managed:
		return StandsLeftOver
	case row.Observed:
		return StandsByHand
	default:
		return StandsAbsent
	}
}
