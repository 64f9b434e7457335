package desk

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/reviews"
	"birthright/reviews/campaign"
	"birthright/store"
)

// List returns the campaigns that a query selects and the actor may see, newest first:
// whoever reviews in one sees it, too.
func (d *Desk) List(ctx context.Context, a approval.Actor, q CampaignQuery) (out []Campaign, err error) {
	err = d.view(ctx, a, func(s *session) error {
		found, err := s.tx.Campaigns(s.ctx)
		if err != nil {
			return err
		}
		visible, err := s.seen(found)
		if err != nil {
			return err
		}
		out, err = s.describeAll(slices.Collect(q.take(visible, s.now)))
		return err
	})
	return out, err
}

// take picks what a query selects from campaigns that are sorted, newest first.
func (q *CampaignQuery) take(of iter.Seq[reviews.Campaign], now time.Time) iter.Seq[reviews.Campaign] {
	return func(yield func(reviews.Campaign) bool) {
		taken := 0
		for c := range of {
			if q.Before > 0 && c.N >= q.Before || len(q.States) > 0 && !slices.Contains(q.States, c.State(now)) {
				continue
			}
			if taken++; !yield(c) || q.Limit > 0 && taken >= q.Limit {
				return
			}
		}
	}
}

// seen are those campaigns of some that the actor may see.
func (s *session) seen(all []reviews.Campaign) (iter.Seq[reviews.Campaign], error) {
	if campaign.May(s.Actor, campaign.ReadAll, campaign.Relation{}) == "" {
		return slices.Values(all), nil
	}
	var mine []int64
	if n := s.Actor.UserN; n != 0 {
		var err error
		if mine, err = s.tx.CampaignsOf(s.ctx, s.voices(n), n); err != nil {
			return nil, err
		}
	}
	return func(yield func(reviews.Campaign) bool) {
		for i := range all {
			c := &all[i]
			owner := campaign.Relation{Owner: s.ownerOf(c)}
			if (slices.Contains(mine, c.N) || campaign.May(s.Actor, campaign.ReadAll, owner) == "") && !yield(*c) {
				return
			}
		}
	}, nil
}

// sees reports whether the actor may see a campaign.
func (s *session) sees(c *reviews.Campaign) (bool, error) {
	r := campaign.Relation{Owner: s.ownerOf(c)}
	if campaign.May(s.Actor, campaign.ReadAll, r) == "" {
		return true, nil
	}
	reviewer, err := s.reviews(c)
	return reviewer, err
}

// reviews reports whether something in a campaign is, or was, for the actor to decide.
func (s *session) reviews(c *reviews.Campaign) (bool, error) {
	if s.Actor.UserN == 0 {
		return false, nil
	}
	waits, err := s.tx.Items(s.ctx, store.ItemFilter{Campaign: c, For: s.voices(s.Actor.UserN), Limit: 1})
	if err != nil || len(waits) > 0 {
		return len(waits) > 0, err
	}
	return s.tx.HasDecided(s.ctx, c.N, s.Actor.UserN)
}

// Campaign returns one campaign with how far it is.
func (d *Desk) Campaign(ctx context.Context, a approval.Actor, id string) (out Campaign, err error) {
	err = d.view(ctx, a, func(s *session) error {
		c, err := s.visible(id)
		if err != nil {
			return err
		}
		out, err = s.describe(c)
		return err
	})
	return out, err
}

// visible loads a campaign that the actor may see.
func (s *session) visible(id string) (reviews.Campaign, error) {
	c, err := s.tx.CampaignByID(s.ctx, id)
	if err != nil {
		return c, err
	}
	sees, err := s.sees(&c)
	if err == nil && !sees {
		err = s.may(campaign.Read, campaign.Relation{})
	}
	return c, err
}

func (s *session) describe(c reviews.Campaign) (Campaign, error) {
	out, err := s.describeAll([]reviews.Campaign{c})
	if err != nil {
		return Campaign{}, err
	}
	return out[0], nil
}

// describeAll tells how far campaigns are.
func (s *session) describeAll(of []reviews.Campaign) ([]Campaign, error) {
	ns, at := make([]int64, len(of)), make(map[int64]*Progress, len(of))
	out := make([]Campaign, len(of))
	for i, c := range of {
		out[i] = Campaign{Campaign: c, State: c.State(s.now), Progress: Progress{Items: c.Items}}
		ns[i], at[c.N] = c.N, &out[i].Progress
	}
	tally, err := s.tx.TallyItems(s.ctx, ns...)
	for _, t := range tally {
		at[t.CampaignN].add(t)
	}
	return out, err
}

func (p *Progress) add(t store.ItemTally) {
	switch t.Outcome {
	case "":
		p.Waiting += t.Count
	case reviews.Kept:
		p.Kept += t.Count
	case reviews.Frozen:
		p.Frozen += t.Count
	case reviews.Void:
		p.Void += t.Count
	default:
		p.Revoked += t.Count
		if t.Outcome == reviews.Shortened {
			p.Short += t.Count
		}
		if t.Gone {
			p.Gone += t.Count
		} else {
			p.Leaving += t.Count
		}
	}
}

// Items returns what a query selects, in order. Whoever may not see all of a campaign
// sees what is for them to decide, and what is about themselves.
func (d *Desk) Items(ctx context.Context, a approval.Actor, q ItemQuery) (out []Item, err error) {
	err = d.view(ctx, a, func(s *session) error {
		c, err := s.visible(q.Campaign)
		if err != nil {
			return err
		}
		f, err := s.filter(q, &c)
		if err != nil {
			return err
		}
		f.Limit = q.Limit
		if campaign.May(s.Actor, campaign.ReadAll, campaign.Relation{Owner: s.ownerOf(&c)}) != "" {
			f.For = s.voices(s.Actor.UserN)
		}
		out, err = s.page(f)
		return err
	})
	return out, err
}

// Waiting returns what waits for the actor, of one campaign or of all, in order.
func (d *Desk) Waiting(ctx context.Context, a approval.Actor, q ItemQuery) (out []Item, err error) {
	err = d.view(ctx, a, func(s *session) error {
		if s.Actor.UserN == 0 {
			return wrong("user", "--as USER", "say for whom it waits")
		}
		var c *reviews.Campaign
		if q.Campaign != "" {
			one, err := s.tx.CampaignByID(s.ctx, q.Campaign)
			if err != nil {
				return err
			}
			c = &one
		}
		f, err := s.filter(q, c)
		if err != nil {
			return err
		}
		f.For, f.NotUserN, f.Limit = s.voices(s.Actor.UserN), s.Actor.UserN, q.Limit
		out, err = s.page(f)
		return err
	})
	return out, err
}

// filter reads a query. c is the campaign that it is about, nil for all.
func (s *session) filter(q ItemQuery, c *reviews.Campaign) (store.ItemFilter, error) {
	f := store.ItemFilter{Campaign: c, IDs: lower(q.IDs), Group: q.Group, Ent: q.Entitlement, Advice: q.Advice, States: q.States, AfterN: q.After}
	if q.User != "" {
		if f.UserN = s.Named(q.User); f.UserN == 0 {
			return f, &identity.Error{Kind: identity.NotFound, Field: "user", Op: "find items", Err: errNoUser(q.User)}
		}
	}
	switch name := q.Reviewer; {
	case name == "me" && s.Actor.UserN != 0:
		f.For = s.voices(s.Actor.UserN)
	case name != "":
		n := s.Named(strings.TrimPrefix(name, "user:"))
		if n == 0 {
			return f, &identity.Error{Kind: identity.NotFound, Field: "reviewer", Op: "find items", Err: errNoUser(name)}
		}
		f.For = s.voices(n)
	}
	return f, nil
}

func (s *session) page(f store.ItemFilter) ([]Item, error) {
	found, err := s.tx.Items(s.ctx, f)
	if err != nil {
		return nil, err
	}
	return s.describeItems(found)
}
