package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/store"
)

// Then is what somebody was and had at a moment.
type Then struct {
	At time.Time `json:"at"`
	// KnownSince is since when this is known; nil: from the first person on.
	KnownSince  *time.Time          `json:"known_since"`
	ID          string              `json:"id"`
	UserName    string              `json:"userName"`
	State       identity.State      `json:"state"`
	Department  string              `json:"department"`
	Team        string              `json:"team"`
	Attributes  identity.Attributes `json:"attributes"`
	Memberships []HeldThen          `json:"memberships" nullable:"false"`
	// Observed is what targets were seen to give.
	Observed []SeenThen `json:"observed" nullable:"false"`
}

// HeldThen is a membership at a moment.
type HeldThen struct {
	User   string           `json:"user,omitempty"`
	Group  string           `json:"group"`
	Causes []identity.Cause `json:"causes" nullable:"false"`
	Policy string           `json:"policy"`
	Since  time.Time        `json:"since"`
	EndsAt *time.Time       `json:"ends_at"`
	// Until is when it was so no longer; nil: it is so still.
	Until *time.Time `json:"until"`
}

// SeenThen is access that was seen on a target.
type SeenThen struct {
	Entitlement string     `json:"entitlement"`
	FirstSeen   time.Time  `json:"first_seen"`
	Gone        *time.Time `json:"seen_gone"`
}

// knownAt refuses moments of which nothing is known.
func knownAt(ctx context.Context, tx *store.Tx, at time.Time) (began time.Time, err error) {
	why, hint := "", ""
	if began, err = tx.HistoryBegan(ctx); err != nil {
		return began, err
	}
	switch {
	case at.After(tx.Now()):
		why, hint = "it has not come yet", "`birthright policy simulate` shows what would be"
	case at.Before(began):
		why = "what was then was not kept"
		hint = "who had what is known since " + began.Format(time.RFC3339)
	}
	if why == "" {
		return began, nil
	}
	return began, &identity.Error{Kind: identity.Invalid, Op: "look back to", Object: at.UTC().Format(time.RFC3339), Err: errors.New(why), Hint: hint}
}

// UserAt returns what a user was and had at a moment.
func UserAt(ctx context.Context, tx *store.Tx, u identity.User, at time.Time) (*Then, error) {
	began, err := knownAt(ctx, tx, at)
	if err != nil {
		return nil, err
	}
	out := &Then{At: at.UTC(), KnownSince: instant(began), ID: u.ID, Memberships: []HeldThen{}, Observed: []SeenThen{}}
	if err := out.person(ctx, tx, u); err != nil {
		return nil, err
	}
	stretches, err := tx.StretchesOfUsers(ctx, []int64{u.N})
	if err != nil {
		return nil, err
	}
	if out.Memberships, err = heldThen(ctx, tx, stretches, at); err != nil {
		return nil, err
	}
	for i := range out.Memberships {
		out.Memberships[i].User = ""
	}
	return out, out.seen(ctx, tx, u.N)
}

// person finds what the user was.
func (t *Then) person(ctx context.Context, tx *store.Tx, u identity.User) error {
	former, err := tx.FormerUsers(ctx, []int64{u.N})
	if err != nil {
		return err
	}
	all := append(former, store.FormerUser{From: u.Modified, UserName: u.UserName, State: u.State, Attributes: u.Attributes})
	for _, f := range all {
		if !t.At.Before(f.From) && (f.Until.IsZero() || t.At.Before(f.Until)) {
			t.UserName, t.State, t.Attributes = f.UserName, f.State, f.Attributes
			t.Department, t.Team = f.Attributes.First(identity.AttrDepartment), f.Attributes.First(identity.AttrTeam)
			return nil
		}
	}
	return &identity.Error{
		Kind: identity.NotFound, Op: "look back to", Object: t.At.Format(time.RFC3339), Err: fmt.Errorf("there was no user %q then", u.UserName),
		Hint: "the user was first seen at " + u.Created.Format(time.RFC3339),
	}
}

// seen finds what targets were seen to give the user.
func (t *Then) seen(ctx context.Context, tx *store.Tx, userN int64) error {
	past, err := tx.PastHoldings(ctx, []int64{userN})
	if err != nil {
		return err
	}
	states, err := tx.TargetStates(ctx)
	if err != nil {
		return err
	}
	for _, s := range states {
		layers, err := tx.HoldingsOn(ctx, s.N)
		if err != nil {
			return err
		}
		for _, l := range layers {
			if l.Holders.Contains(uint32(userN)) {
				past = append(past, store.PastHolding{EntN: l.EntN, Since: l.Since})
			}
		}
	}
	past = slices.DeleteFunc(past, func(p store.PastHolding) bool {
		return t.At.Before(p.Since) || !p.Until.IsZero() && !t.At.Before(p.Until)
	})
	ns := make([]int64, len(past))
	for i, p := range past {
		ns[i] = p.EntN
	}
	rows, err := tx.EntitlementsByN(ctx, ns)
	if err != nil {
		return err
	}
	address := map[int64]string{}
	for _, e := range rows {
		address[e.N] = e.Address.String()
	}
	for _, p := range past {
		t.Observed = append(t.Observed, SeenThen{address[p.EntN], p.Since, instant(p.Until)})
	}
	slices.SortFunc(t.Observed, func(a, b SeenThen) int { return strings.Compare(a.Entitlement, b.Entitlement) })
	t.Observed = slices.CompactFunc(t.Observed, func(a, b SeenThen) bool { return a.Entitlement == b.Entitlement })
	return nil
}

// heldThen gives names to those stretches that cover a moment, and sorts them by these.
func heldThen(ctx context.Context, tx *store.Tx, stretches []store.Stretch, at time.Time) ([]HeldThen, error) {
	out, err := heldAny(ctx, tx, slices.DeleteFunc(stretches, func(s store.Stretch) bool { return !s.During(at) }))
	slices.SortFunc(out, func(a, b HeldThen) int { return strings.Compare(a.User+"\x00"+a.Group, b.User+"\x00"+b.Group) })
	return out, err
}

// heldAny gives names to stretches.
func heldAny(ctx context.Context, tx *store.Tx, stretches []store.Stretch) ([]HeldThen, error) {
	var groupNs, userNs, policyNs, causeNs []int64
	for _, s := range stretches {
		groupNs, userNs, policyNs, causeNs = append(groupNs, s.GroupN), append(userNs, s.UserN), append(policyNs, s.PolicyN), append(causeNs, s.CausesN)
	}
	groups, err := tx.GroupNames(ctx, unique(groupNs))
	if err != nil {
		return nil, err
	}
	users, err := tx.BareUsers(ctx, unique(userNs))
	if err != nil {
		return nil, err
	}
	causes, err := tx.CauseSetsByN(ctx, unique(causeNs))
	if err != nil {
		return nil, err
	}
	policies, err := tx.PoliciesByN(ctx, unique(policyNs))
	if err != nil {
		return nil, err
	}
	names, versions := map[int64]string{}, map[int64]string{}
	for _, u := range users {
		names[u.N] = u.UserName
	}
	for _, p := range policies {
		versions[p.N] = p.Version()
	}
	out := make([]HeldThen, len(stretches))
	for i, s := range stretches {
		out[i] = HeldThen{names[s.UserN], groups[s.GroupN], causes[s.CausesN], versions[s.PolicyN], s.Since, instant(s.EndsAt), instant(s.Until)}
	}
	return out, nil
}

func unique(ns []int64) []int64 {
	slices.Sort(ns)
	return slices.Compact(ns)
}
