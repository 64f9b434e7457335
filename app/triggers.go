package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"birthright/grants"
	"birthright/grants/desk"
	"birthright/identity"
	"birthright/reviews"
	"birthright/reviews/campaign"
	"birthright/reviews/creep"
	reviewdesk "birthright/reviews/desk"
	"birthright/store"
)

// What is worth a look is put before people by itself: what movers keep, and people
// whose surplus weighs too much. A broken glass has its own look: see the desk.

// ReviewMovers asks, of everybody who moved and keeps something to hand over, the old
// manager and the new one whether that is needed. Each move is asked about once.
func (a *App) ReviewMovers(ctx context.Context) error {
	if !a.Config.Reviews.Movers.Review {
		return nil
	}
	var unasked []grants.Grant
	err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
		unasked, _, err = unaskedOverlaps(ctx, tx)
		return err
	})
	if err != nil || len(unasked) == 0 {
		return err
	}
	return a.Store.Update(ctx, func(tx *store.Tx) error {
		unasked, requests, err := unaskedOverlaps(ctx, tx)
		if err != nil {
			return err
		}
		for len(unasked) > 0 {
			n := unasked[0].UserN
			mine := slices.DeleteFunc(slices.Clone(unasked), func(g grants.Grant) bool { return g.UserN != n })
			unasked = slices.DeleteFunc(unasked, func(g grants.Grant) bool { return g.UserN == n })
			if err := a.reviewMover(ctx, tx, mine, requests); err != nil {
				return err
			}
		}
		return nil
	})
}

// unaskedOverlaps are the grants to movers about which nobody was asked, and their
// requests by number: the note of such a request names the review.
func unaskedOverlaps(ctx context.Context, tx *store.Tx) ([]grants.Grant, map[int64]*grants.Request, error) {
	open, err := tx.Grants(ctx, store.GrantFilter{Kind: grants.KindOverlap, Open: true})
	if err != nil || len(open) == 0 {
		return nil, nil, err
	}
	ns := make([]int64, len(open))
	for i := range open {
		ns[i] = open[i].RequestN
	}
	rows, err := tx.RequestsByN(ctx, ns)
	if err != nil {
		return nil, nil, err
	}
	requests := make(map[int64]*grants.Request, len(rows))
	for i := range rows {
		requests[rows[i].N] = &rows[i]
	}
	open = slices.DeleteFunc(open, func(g grants.Grant) bool {
		r := requests[g.RequestN]
		return r == nil || r.Note != "" || g.ActivatedAt.IsZero() || g.IsOver(tx.Now())
	})
	return open, requests, nil
}

// reviewMover opens the review of what one mover keeps.
func (a *App) reviewMover(ctx context.Context, tx *store.Tx, kept []grants.Grant, requests map[int64]*grants.Request) error {
	n, ends := kept[0].UserN, kept[0].EndsAt
	w := reviewdesk.Wish{
		Name: "Handover of " + kept[0].User, Kind: reviews.KindMover, End: reviews.EndKeep, Grace: -1,
		Reason: requests[kept[0].RequestN].Reason,
	}
	for _, g := range kept {
		w.Only = append(w.Only, reviewdesk.Membership{UserN: n, Group: g.Group})
		if g.EndsAt.Before(ends) {
			ends = g.EndsAt
		}
	}
	w.For = max(min(a.Config.Reviews.Due, ends.Sub(tx.Now())), time.Minute)
	bosses, err := managersOfMover(ctx, tx, n)
	if err != nil {
		return err
	}
	if len(bosses) > 0 {
		w.Stages = []reviews.Stage{{Reviewers: bosses}}
	}
	c, err := a.Reviews.StartIn(ctx, tx, desk.Operator("hub"), w)
	if identity.KindOf(err) == identity.Conflict {
		c.ID, err = "nothing", nil // it is gone already: nobody has to be asked
	}
	if err != nil {
		return fmt.Errorf("review what %s keeps: %w", kept[0].User, err)
	}
	var asked []*grants.Request
	for _, g := range kept {
		r := requests[g.RequestN]
		r.Note = "review " + c.ID
		asked = append(asked, r)
	}
	return tx.SaveRequests(ctx, asked)
}

// managersOfMover are the old manager and the new one, as terms of a campaign.
func managersOfMover(ctx context.Context, tx *store.Tx, n int64) ([]string, error) {
	u, err := tx.UserByN(ctx, n)
	if err != nil {
		return nil, err
	}
	former, err := tx.FormerUsers(ctx, []int64{n})
	if err != nil {
		return nil, err
	}
	names := []string{u.Attributes.First(identity.AttrManager)}
	for _, f := range slices.Backward(former) {
		if boss := f.Attributes.First(identity.AttrManager); boss != names[0] {
			names = append(names, boss)
			break
		}
	}
	var out []string
	for _, name := range names {
		if name == "" {
			continue
		}
		boss, err := tx.UserByName(ctx, name)
		if identity.KindOf(err) == identity.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, campaign.Person(boss.N))
	}
	return out, nil
}

// ReviewScores opens a review of the surplus of everybody who scores more than the
// configuration allows, unless one is open. It returns how many were opened.
func (a *App) ReviewScores(ctx context.Context, r *creep.Report) (int, error) {
	limit := a.Config.Reviews.Score
	if limit <= 0 {
		return 0, nil
	}
	opened := 0
	err := a.Store.Update(ctx, func(tx *store.Tx) error {
		open, err := underReview(ctx, tx)
		if err != nil {
			return err
		}
		for i := range r.Users {
			u := &r.Users[i]
			if float64(u.Score) <= limit || open[int64(u.N)] {
				continue
			}
			w := reviewdesk.Wish{
				Name: "Surplus access of " + u.User, Kind: reviews.KindScore, For: a.Config.Reviews.Due, Stages: []reviews.Stage{{Reviewers: []string{"manager"}}},
				Fallback: ownersOf(u), Reason: fmt.Sprintf("its score is %d, and more than %g is looked at", u.Score, limit),
			}
			for k := range u.Surplus {
				if e := &u.Surplus[k]; e.Removable && e.OrderedAt.IsZero() {
					w.Only = append(w.Only, reviewdesk.Membership{UserN: int64(u.N), Entitlement: e.Entitlement})
				}
			}
			if len(w.Only) == 0 {
				continue
			}
			if _, err := a.Reviews.StartIn(ctx, tx, desk.Operator("hub"), w); err != nil && identity.KindOf(err) != identity.Conflict {
				return fmt.Errorf("review the surplus of %s: %w", u.User, err)
			}
			opened++
		}
		return nil
	})
	return opened, err
}

// ownersOf are those who answer for what somebody holds in surplus and can be asked.
func ownersOf(u *creep.User) []string {
	var out []string
	for i := range u.Surplus {
		for _, owner := range u.Surplus[i].Owners {
			if strings.HasPrefix(owner, "user:") || strings.HasPrefix(owner, "group:") {
				out = append(out, owner)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// underReview are the people whose surplus is being looked at.
func underReview(ctx context.Context, tx *store.Tx) (map[int64]bool, error) {
	live, err := tx.LiveCampaigns(ctx)
	if err != nil {
		return nil, err
	}
	out := map[int64]bool{}
	for i := range live {
		if live[i].Kind != reviews.KindScore {
			continue
		}
		items, err := tx.Items(ctx, store.ItemFilter{Campaign: &live[i], Limit: 1}) // all are one person's
		if err != nil {
			return nil, err
		}
		for k := range items {
			out[items[k].UserN] = true
		}
	}
	return out, nil
}
