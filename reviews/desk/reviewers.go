package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"birthright/grants/approval"
	"birthright/reviews"
	"birthright/reviews/campaign"
	"birthright/store"
)

// Reviewers tells how far each reviewer of a campaign is, those first for whom most waits:
// who has not decided yet. It is for those who may see all of the campaign.
func (d *Desk) Reviewers(ctx context.Context, a approval.Actor, id string) (out []Reviewing, err error) {
	err = d.view(ctx, a, func(s *session) error {
		c, err := s.tx.CampaignByID(s.ctx, id)
		if err != nil {
			return err
		}
		if err := s.may(campaign.ReadAll, campaign.Relation{Owner: s.ownerOf(&c)}); err != nil {
			return err
		}
		said, err := s.tx.TallyDecisions(s.ctx, c.N)
		if err != nil {
			return err
		}
		loads, err := s.tx.LoadsOf(s.ctx, c.N)
		if err != nil {
			return err
		}
		ns := sortedKeys(loads, cmp.Compare[int64])
		if err := s.Meet(ns); err != nil {
			return err
		}
		waiting := map[string]int{}
		for _, n := range ns {
			if u, known := s.User(n); known {
				waiting[u.UserName] = loads[n]
			}
		}
		out = reviewing(waiting, said)
		return nil
	})
	return out, err
}

// reviewing puts together what waits for whom, and who decided what. What the hub does
// at the end is nobody's decision.
func reviewing(waiting map[string]int, said []store.DecisionTally) []Reviewing {
	byName := map[string]*Reviewing{}
	of := func(name string) *Reviewing {
		if byName[name] == nil {
			byName[name] = &Reviewing{User: name}
		}
		return byName[name]
	}
	for name, n := range waiting {
		of(name).Waiting = n
	}
	for _, t := range said {
		if t.By != hub {
			of(strings.TrimPrefix(t.By, "user:")).add(t)
		}
	}
	out := make([]Reviewing, 0, len(byName))
	for _, r := range byName {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b Reviewing) int {
		return cmp.Or(cmp.Compare(b.Waiting, a.Waiting), cmp.Compare(a.User, b.User))
	})
	return out
}

func (r *Reviewing) add(t store.DecisionTally) {
	switch t.What {
	case reviews.Kept:
		r.Kept += t.Count
	case reviews.Revoked:
		r.Revoked += t.Count
	case reviews.Shortened:
		r.Shortened += t.Count
	case reviews.Reassign:
		r.Passed += t.Count
	}
	if r.Last == nil || t.Last.After(*r.Last) {
		r.Last = known(t.Last.Truncate(time.Microsecond))
	}
}
