package desk

import (
	"context"
	"errors"
	"strings"
	"time"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/reviews"
	"birthright/reviews/campaign"
	"birthright/store"
)

// Preview says what a campaign would be like. Nothing is kept.
func (d *Desk) Preview(ctx context.Context, a approval.Actor, w Wish) (out Forecast, err error) {
	err = d.view(ctx, a, func(s *session) error {
		c, draft, warnings, err := s.prepare(w)
		if err != nil {
			return err
		}
		out = s.forecast(c, draft, warnings)
		return nil
	})
	return out, err
}

// Start starts a campaign. What is in it is what is held when it is called; whatever is
// gone by the time that it is kept is seen to be so, as later.
func (d *Desk) Start(ctx context.Context, a approval.Actor, w Wish) (out Campaign, err error) {
	var c *reviews.Campaign
	var draft *campaign.Draft
	var warnings []string
	err = d.view(ctx, a, func(s *session) error {
		c, draft, warnings, err = s.prepare(w)
		return err
	})
	if err != nil {
		return out, err
	}
	err = d.update(ctx, a, func(s *session) error {
		if err := s.file(c, draft, w, warnings); err != nil {
			return err
		}
		out, err = s.describe(*c)
		return err
	})
	return out, err
}

// StartIn starts a campaign in a transaction of the caller's: for what triggers one. It
// must name what is to be looked at (Wish.Only).
func (d *Desk) StartIn(ctx context.Context, tx *store.Tx, a approval.Actor, w Wish) (out reviews.Campaign, err error) {
	if w.Only == nil {
		return out, wrong("only", "", "say what is to be looked at")
	}
	err = d.in(ctx, tx, a, func(s *session) error {
		c, draft, warnings, err := s.prepare(w)
		if err != nil {
			return err
		}
		err = s.file(c, draft, w, warnings)
		out = *c
		return err
	})
	return out, err
}

// prepare makes a campaign and its items of a wish.
func (s *session) prepare(w Wish) (*reviews.Campaign, *campaign.Draft, []string, error) {
	if err := s.may(campaign.Start, campaign.Relation{}); err != nil {
		return nil, nil, nil, err
	}
	c, err := s.draft(w)
	if err != nil {
		return nil, nil, nil, err
	}
	draft, warnings, err := s.gather(c, w.Only)
	return c, draft, warnings, err
}

// file keeps a campaign and tells its reviewers.
func (s *session) file(c *reviews.Campaign, draft *campaign.Draft, w Wish, warnings []string) error {
	if err := s.may(campaign.Start, campaign.Relation{}); err != nil {
		return err
	}
	if len(draft.Items) == 0 {
		if !w.AllowEmpty {
			return nothing(c, warnings)
		}
		c.ClosedAt, c.SettledAt, c.CompletedAt, c.ClosedBy, c.RemindAt = s.now, s.now, s.now, hub, time.Time{}
		c.CloseReason = "there was nothing to look at"
	}
	c.SweptAt = s.now
	if err := s.tx.AddCampaign(s.ctx, c); err != nil {
		return err
	}
	loads, err := s.keep(c, draft)
	if err != nil {
		return err
	}
	err = s.tx.SaveCampaign(s.ctx, c, s.event("campaign.started", "campaign:"+c.ID, map[string]any{
		"campaign": c.ID, "name": c.Name, "kind": c.Kind, "scope": c.Scope, "items": c.Items, "end": c.End, "due": c.Due, "close_at": c.CloseAt, "reason": w.Reason,
	}))
	if err != nil {
		return err
	}
	return s.tellEach(reviews.NoticeStarted, c, loads, nil)
}

// nothing says that a campaign would have no items.
func nothing(c *reviews.Campaign, warnings []string) error {
	text := "nobody holds anything in its scope"
	if c.Scope.Surplus {
		text = "nobody holds anything in its scope that nothing explains"
	}
	if len(warnings) > 0 {
		text += ": " + strings.Join(warnings, "; ")
	}
	return &identity.Error{Kind: identity.Conflict, Op: "start campaign", Object: c.Name, Err: errors.New(text), Hint: "widen the scope, or allow an empty campaign"}
}

// keep writes panels and items, and returns how many items wait for whom.
func (s *session) keep(c *reviews.Campaign, draft *campaign.Draft) (map[int64]int, error) {
	panels := make([]*reviews.Panel, len(draft.Panels))
	for i, rungs := range draft.Panels {
		panels[i] = &reviews.Panel{CampaignN: c.N, Rungs: rungs}
	}
	if err := s.tx.NumberPanels(s.ctx, panels); err != nil {
		return nil, err
	}
	var ns []int64
	var asked []reviews.Reviewer
	for i, p := range panels {
		ns = append(ns, p.N)
		for _, n := range draft.Asked[i] {
			asked = append(asked, reviews.Reviewer{PanelN: p.N, UserN: n})
		}
	}
	loads := loadsOf(draft)
	for i := range draft.Items {
		draft.Items[i].PanelN = panels[draft.Items[i].PanelN-1].N
	}
	if err := s.tx.AddItems(s.ctx, c, draft.Items); err != nil {
		return nil, err
	}
	return loads, s.tx.SetReviewers(s.ctx, ns, asked)
}

// loadsOf is for how many items of a draft who is asked, themselves left out.
func loadsOf(draft *campaign.Draft) map[int64]int {
	perPanel := make([]int, len(draft.Panels)+1)
	own := map[int64]int{}
	isAsked := make([]map[int64]bool, len(draft.Panels)+1)
	for p, list := range draft.Asked {
		isAsked[p+1] = map[int64]bool{}
		for _, n := range list {
			isAsked[p+1][n] = true
		}
	}
	for i := range draft.Items {
		item := &draft.Items[i]
		perPanel[item.PanelN]++
		if isAsked[item.PanelN][item.UserN] {
			own[item.UserN]++
		}
	}
	loads := map[int64]int{}
	for p, list := range draft.Asked {
		for _, n := range list {
			loads[n] += perPanel[p+1]
		}
	}
	for n, count := range own {
		loads[n] -= count
	}
	return loads
}
