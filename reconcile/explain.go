package reconcile

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"birthright/identity"
	"birthright/rules"
	"birthright/store"
)

// Question is what is asked about a user: one group, what an entitlement comes
// from, or, with neither, every group that the user is in or is kept out of.
type Question struct {
	Group       string
	Entitlement identity.Entitlement
	// Lose asks of what is held by which change it would be lost.
	Lose bool
}

// Explained is the answer about one user and one group: what the engine says, with
// what the store knows besides.
type Explained struct {
	User        string         `json:"user"`
	State       identity.State `json:"state"`
	Entitlement string         `json:"entitlement,omitempty"`
	rules.Explanation
	// Since is when the membership was stored; nil while it is not.
	Since *time.Time `json:"since"`
	// Policy is the version in force, and At the instant that the answer is about.
	Policy string    `json:"policy"`
	At     time.Time `json:"at"`
	// Access is how what the group carries stands on its targets.
	Access []Standing `json:"access"`
	// Flips are the smallest changes by which it would be otherwise; nil where
	// nobody asked.
	Flips *rules.Flips `json:"flips"`
	// Asking says that, and how, the user can have what is not held for a time; nil where
	// not. Whoever knows about requests fills it in.
	Asking *Asking `json:"asking"`
}

// Asking is how somebody gets a group by asking for it.
type Asking struct {
	// Usual and Most are for how long where nothing is said, and at most, in seconds.
	Usual int64 `json:"default_seconds"`
	Most  int64 `json:"max_seconds"`
	// Needs is what a request must bring: reason, ticket. Approval says in words how it
	// is decided.
	Needs    []string `json:"requires" nullable:"false"`
	Approval string   `json:"approval"`
}

// Explain answers a question about u from one state of the store.
func (r *Runner) Explain(ctx context.Context, tx *store.Tx, u identity.User, q Question) ([]Explained, error) {
	world, err := r.WorldFor(ctx, tx, u)
	if err != nil {
		return nil, err
	}
	x := explainer{engine: r.Engine(), user: u, world: world, question: q}
	x.decision = x.engine.Decide(u, world)
	if err := x.load(ctx, tx); err != nil {
		return nil, err
	}
	groups, err := x.groups()
	if err != nil {
		return nil, err
	}
	out := make([]Explained, 0, len(groups))
	for _, group := range groups {
		out = append(out, x.explain(group))
	}
	if err := tellGrants(ctx, tx, out); err != nil {
		return nil, err
	}
	return out, x.standings(ctx, tx, out)
}

// explainer answers about one user.
type explainer struct {
	engine   *rules.Engine
	user     identity.User
	world    rules.World
	question Question
	decision rules.Decision
	stored   map[string]storedMembership
	sources  sourceAges
}

// storedMembership is what the store has of a membership.
type storedMembership struct {
	since, endsAt int64
	causes        []identity.Cause
}

// others are the causes that do not come from the policy: those of grants, too, while
// they are still stored and not given any more.
func (m storedMembership) others() []identity.Cause {
	return slices.DeleteFunc(slices.Clone(m.causes), func(c identity.Cause) bool {
		return c.Kind == identity.CauseRule || c.Kind == identity.CauseGroup
	})
}

// load reads what is stored of the user's memberships and records.
func (x *explainer) load(ctx context.Context, tx *store.Tx) error {
	rows, err := tx.MembershipsOfUsers(ctx, []int64{x.user.N})
	if err != nil {
		return err
	}
	names, err := tx.GroupNames(ctx, groupNumbers(rows))
	if err != nil {
		return err
	}
	causes, err := tx.CausesOf(ctx, rows)
	if err != nil {
		return err
	}
	x.stored = make(map[string]storedMembership, len(rows))
	for _, row := range rows {
		x.stored[names[row.GroupN]] = storedMembership{row.Since, row.EndsAt, causes[row.CausesN]}
	}
	x.sources, err = agesOf(ctx, tx, x.user.N)
	return err
}

// groups returns the groups that the question is about.
func (x *explainer) groups() ([]string, error) {
	switch {
	case x.question.Group != "":
		if _, ok := x.engine.Group(x.question.Group); ok {
			return []string{x.question.Group}, nil
		}
		return nil, notExplained(x.question.Group, "there is no group of that name")
	case !x.question.Entitlement.IsZero():
		if found := x.carriers(); len(found) > 0 {
			return found, nil
		}
		return nil, notExplained(x.question.Entitlement.String(), "no group of the policy carries it")
	}
	out := x.held()
	for _, refused := range x.decision.Refused {
		out = append(out, refused.Group)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func notExplained(object, why string) error {
	return &identity.Error{
		Kind: identity.NotFound, Op: "explain", Object: object, Err: errors.New(why), Hint: "`birthright group list` shows the groups",
	}
}

// held returns the groups that the user is in, by rules or otherwise.
func (x *explainer) held() []string {
	var out []string
	for _, m := range x.decision.Memberships {
		out = append(out, m.Group)
	}
	for group, m := range x.stored {
		if len(m.others()) > 0 && !slices.Contains(out, group) {
			out = append(out, group)
		}
	}
	slices.Sort(out)
	return out
}

// carriers returns the groups that carry the entitlement: those the user is in
// first, then those of the policy.
func (x *explainer) carriers() []string {
	var out []string
	for _, name := range append(x.held(), x.engine.GroupNames()...) {
		g, ok := x.engine.Group(name)
		if ok && slices.Contains(g.Access, x.question.Entitlement) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// explain answers about one group, but for how it stands on targets.
func (x *explainer) explain(group string) Explained {
	e := Explained{
		User: x.user.UserName, State: x.user.State, Policy: x.engine.Policy().Version, At: x.world.At.UTC(), Access: []Standing{},
		Explanation: x.engine.Explain(x.user, x.world, group),
	}
	if !x.question.Entitlement.IsZero() {
		e.Entitlement = x.question.Entitlement.String()
	}
	if x.asksHow(e.Held, group) {
		flips := x.engine.Flip(x.user, x.world, group)
		e.Flips = &flips
	}
	if stored, ok := x.stored[group]; ok {
		e.Since = moment(stored.since)
		x.addOthers(&e, stored)
	}
	x.sources.date(&e)
	return e
}

// asksHow reports whether the smallest change is asked for: how to get what is not
// held, or how to lose what is held by the policy alone.
func (x *explainer) asksHow(held bool, group string) bool {
	one := x.question.Group != "" || !x.question.Entitlement.IsZero()
	return held == x.question.Lose && (one || held) && len(x.stored[group].others()) == 0
}

// addOthers adds the causes that the policy does not know of.
func (x *explainer) addOthers(e *Explained, stored storedMembership) {
	others := stored.others()
	if len(others) == 0 {
		return
	}
	if !e.Held {
		e.Held, e.Unmet, e.EndsAt = true, []rules.Unmet{}, moment(stored.endsAt)
	}
	e.Causes = identity.SortCauses(append(slices.Clone(e.Causes), others...))
	for _, c := range others {
		if slices.ContainsFunc(e.Because, func(r rules.Reason) bool { return r.Cause == c }) {
			continue // the engine knows of it
		}
		e.Because = append(e.Because, rules.Reason{Cause: c, Reads: []rules.Evidence{}, EndsAt: moment(stored.endsAt), Behind: []rules.Reason{}})
	}
	slices.SortStableFunc(e.Because, func(a, b rules.Reason) int { return cmp.Or(identity.CompareCauses(a.Cause, b.Cause)) })
}

// moment is a stored time, nil for none.
func moment(micros int64) *time.Time {
	if micros == 0 {
		return nil
	}
	t := time.UnixMicro(micros).UTC()
	return &t
}
