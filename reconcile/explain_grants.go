package reconcile

import (
	"context"
	"fmt"
	"strings"

	"birthright/grants"
	"birthright/identity"
	"birthright/rules"
	"birthright/store"
)

// tellGrants says of every cause that is a grant who asked for it and why, who
// approved it, and when it ends.
func tellGrants(ctx context.Context, tx *store.Tx, out []Explained) error {
	causes := map[string][]*rules.Reason{}
	for i := range out {
		gatherGrants(out[i].Because, causes)
	}
	if len(causes) == 0 {
		return nil
	}
	ids := make([]string, 0, len(causes))
	for id := range causes {
		ids = append(ids, id)
	}
	given, err := tx.GrantsByIDs(ctx, ids)
	if err != nil {
		return err
	}
	ns := make([]int64, len(given))
	for i := range given {
		ns[i] = given[i].RequestN
	}
	requests, err := tx.RequestsByN(ctx, ns)
	if err != nil {
		return err
	}
	byN := make(map[int64]*grants.Request, len(requests))
	for i := range requests {
		byN[requests[i].N] = &requests[i]
	}
	for i := range given {
		g := &given[i]
		for _, reason := range causes[g.ID] {
			describeGrant(reason, g, byN[g.RequestN])
		}
	}
	return nil
}

// gatherGrants finds the grants among reasons and those behind them.
func gatherGrants(reasons []rules.Reason, into map[string][]*rules.Reason) {
	for i := range reasons {
		if r := &reasons[i]; r.Kind == identity.CauseGrant {
			into[r.Name] = append(into[r.Name], r)
		}
		gatherGrants(reasons[i].Behind, into)
	}
}

// describeGrant puts a grant into words.
func describeGrant(reason *rules.Reason, g *grants.Grant, r *grants.Request) {
	if !g.ActivatedAt.IsZero() || !g.OverAt.IsZero() {
		ends := g.End().UTC()
		reason.EndsAt = &ends
	}
	if r == nil {
		return
	}
	name := func(actor string) string { return strings.TrimPrefix(actor, "user:") }
	text := "asked for by " + name(r.By)
	if r.Reason != "" {
		text += fmt.Sprintf(" (%s)", r.Reason)
	}
	switch {
	case r.Kind == grants.KindOverlap:
		text = "kept " + r.Reason
	case r.Kind == grants.KindBreakGlass:
		text = fmt.Sprintf("the glass was broken by %s (%s)", name(r.By), r.Reason)
	case r.Auto != "":
		text += ", approved by the policy: " + r.Auto
	case r.DecidedBy != "":
		text += ", approved by " + name(r.DecidedBy)
	}
	reason.Description = text
}
