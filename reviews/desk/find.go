package desk

import (
	"context"
	"slices"
	"strings"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/reviews"
	"birthright/reviews/campaign"
	"birthright/store"
)

// List returns the campaigns that the actor may see, newest first: whoever reviews in one
// sees it, too. Without states it returns all of them.
func (d *Desk) List(ctx context.Context, a approval.Actor, states ...string) (out []Campaign, err error) {
	err = d.view(ctx, a, func(s *session) error {
		found, err := s.tx.Campaigns(s.ctx)
		if err != nil {
			return err
		}
		for _, c := range found {
			if len(states) > 0 && !slices.Contains(states, c.State(s.now)) {
				continue
			}
			sees, err := s.sees(&c)
			if err != nil {
				return err
			}
			if !sees {
				continue
			}
			one, err := s.describe(c)
			if err != nil {
				return err
			}
			out = append(out, one)
		}
		return nil
	})
	return out, err
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
	tally, err := s.tx.TallyItems(s.ctx, &c)
	out := Campaign{Campaign: c, State: c.State(s.now), Progress: Progress{Items: c.Items}}
	p := &out.Progress
	for _, t := range tally {
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
	return out, err
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
		out, err = s.page(f, q)
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
		f.For, f.Limit = s.voices(s.Actor.UserN), q.Limit
		found, err := s.page(f, q)
		out = slices.DeleteFunc(found, func(i Item) bool { return i.UserN == s.Actor.UserN })
		return err
	})
	return out, err
}

// filter reads a query. c is the campaign that it is about, nil for all.
func (s *session) filter(q ItemQuery, c *reviews.Campaign) (store.ItemFilter, error) {
	f := store.ItemFilter{Campaign: c, IDs: lower(q.IDs), Group: q.Group, Ent: q.Entitlement, Advice: q.Advice, Outcomes: outcomes(q.States), AfterN: q.After}
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

// outcomes are those stored for some states.
func outcomes(states []string) []string {
	var out []string
	for _, state := range states {
		switch state {
		case reviews.Waiting:
			out = append(out, "")
		case reviews.Decided:
			out = append(out, reviews.Kept, reviews.Frozen)
		case reviews.Leaving, reviews.Gone:
			out = append(out, reviews.Revoked, reviews.Shortened)
		default:
			out = append(out, state)
		}
	}
	return out
}

func (s *session) page(f store.ItemFilter, q ItemQuery) ([]Item, error) {
	found, err := s.tx.Items(s.ctx, f)
	if err != nil {
		return nil, err
	}
	out, err := s.describeItems(found)
	if len(q.States) > 0 {
		out = slices.DeleteFunc(out, func(i Item) bool { return !slices.Contains(q.States, i.State) && !slices.Contains(q.States, i.Outcome) })
	}
	return out, err
}
