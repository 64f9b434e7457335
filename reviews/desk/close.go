package desk

import (
	"context"
	"strings"
	"time"

	"birthright/audit"
	"birthright/grants/approval"
	requests "birthright/grants/desk"
	"birthright/reviews"
	"birthright/reviews/campaign"
	"birthright/store"
)

// perStep bounds how many items one transaction settles.
const perStep = 5000

// Close ends a campaign: nobody decides any more, and its end is applied to what nobody
// decided on. To close one that is closed changes nothing.
func (d *Desk) Close(ctx context.Context, a approval.Actor, id, reason string) (out Campaign, err error) {
	err = d.update(ctx, a, func(s *session) error {
		c, err := s.tx.CampaignByID(s.ctx, id)
		if err != nil {
			return err
		}
		if err := s.may(campaign.Close, campaign.Relation{Owner: s.ownerOf(&c)}); err != nil {
			return err
		}
		if !c.ClosedAt.IsZero() {
			return nil
		}
		if strings.TrimSpace(reason) == "" {
			return wrong("reason", "--reason TEXT", "to close a campaign before its time needs a reason")
		}
		return s.close(&c, s.Actor.Name, strings.TrimSpace(reason))
	})
	if err != nil {
		return out, err
	}
	if err := d.settle(ctx, id); err != nil {
		return out, err
	}
	return d.Campaign(ctx, a, id)
}

// close has nobody decide any more.
func (s *session) close(c *reviews.Campaign, by, reason string) error {
	c.ClosedAt, c.ClosedBy, c.CloseReason, c.RemindAt = s.now, by, reason, time.Time{}
	return s.tx.SaveCampaign(s.ctx, c, audit.Event{Actor: by, Action: "campaign.closed", Subject: "campaign:" + c.ID, Detail: map[string]any{
		"campaign": c.ID, "name": c.Name, "end": c.End, "reason": reason,
	}})
}

// settle applies the end of a closed campaign, in steps.
func (d *Desk) settle(ctx context.Context, id string) error {
	for {
		done := true
		err := d.update(ctx, requests.Operator(hub), func(s *session) error {
			c, err := s.tx.CampaignByID(s.ctx, id)
			if err != nil || c.ClosedAt.IsZero() || !c.SettledAt.IsZero() {
				return err
			}
			done, err = s.settleSome(&c)
			return err
		})
		if err != nil || done {
			return err
		}
	}
}

// settleSome is one step: first what was to go at the close, then what nobody decided on.
func (s *session) settleSome(c *reviews.Campaign) (done bool, err error) {
	late, err := s.tx.Items(s.ctx, store.ItemFilter{Campaign: c, Leaving: true, Uncarried: true, Limit: perStep})
	if err != nil {
		return false, err
	}
	if len(late) > 0 {
		items := pointers(late)
		if err := s.carryOut(c, items); err != nil {
			return false, err
		}
		return false, s.tx.SaveItems(s.ctx, items)
	}
	open, err := s.tx.Items(s.ctx, store.ItemFilter{Campaign: c, Outcomes: []string{""}, Limit: perStep})
	if err != nil {
		return false, err
	}
	if len(open) > 0 {
		return false, s.atEnd(c, open)
	}
	return true, s.settled(c)
}

func pointers(items []reviews.Item) []*reviews.Item {
	out := make([]*reviews.Item, len(items))
	for i := range items {
		out[i] = &items[i]
	}
	return out
}

// atEnd applies a campaign's end to items that nobody decided on.
func (s *session) atEnd(c *reviews.Campaign, open []reviews.Item) error {
	held, err := s.memberships(open)
	if err != nil {
		return err
	}
	var gone, left []*reviews.Item
	for i := range open {
		item := &open[i]
		if item.Group != "" && !held[membership{item.UserN, item.Group}] {
			gone = append(gone, item)
			continue
		}
		item.Outcome, item.Reason = campaign.AtEnd(c.End)
		item.At, item.By = s.now, hub
		left = append(left, item)
	}
	if err := s.void(gone, "there was nothing left to decide on: "); err != nil {
		return err
	}
	if c.End == reviews.EndRevoke {
		if err := s.carryOut(c, left); err != nil {
			return err
		}
	}
	return s.tx.SaveItems(s.ctx, left, s.endEvents(c, left)...)
}

// endEvents put down what a campaign's end did: to whom, one by one.
func (s *session) endEvents(c *reviews.Campaign, items []*reviews.Item) []audit.Event {
	out := make([]audit.Event, len(items))
	for i, item := range items {
		out[i] = audit.Event{Actor: hub, Action: "review.undecided", Subject: subjectOf(item), Detail: map[string]any{
			"campaign": c.ID, "item": item.ID, "what": item.What(), "decision": item.Outcome,
		}}
	}
	return out
}

// settled puts down that the end was applied to everything, asks again about what is
// frozen, and tells the owner.
func (s *session) settled(c *reviews.Campaign) error {
	c.SettledAt = s.now
	view, err := s.describe(*c)
	if err != nil {
		return err
	}
	if view.Progress.Leaving == 0 {
		c.CompletedAt = s.now
	}
	if err := s.tx.DropReviewers(s.ctx, c.N); err != nil {
		return err
	}
	follow := ""
	if view.Progress.Frozen > 0 {
		if follow, err = s.followUp(c); err != nil {
			return err
		}
	}
	p := view.Progress
	detail := map[string]any{"campaign": c.ID, "kept": p.Kept, "revoked": p.Revoked, "shortened": p.Short, "frozen": p.Frozen, "void": p.Void, "follow_up": follow}
	if err := s.tx.SaveCampaign(s.ctx, c, audit.Event{Actor: hub, Action: "campaign.settled", Subject: "campaign:" + c.ID, Detail: detail}); err != nil {
		return err
	}
	return s.tell(reviews.NoticeClosed, c, s.askedBy(c), detail)
}

// followUp asks again about what is frozen: the same people, for as long.
func (s *session) followUp(c *reviews.Campaign) (id string, err error) {
	frozen, err := s.tx.Items(s.ctx, store.ItemFilter{Campaign: c, Frozen: true})
	if err != nil {
		return "", err
	}
	next := *c
	next.Name, next.Kind, next.Previous, next.By = followName(c.Name), reviews.KindFollowUp, c.ID, hub
	next.Scope = reviews.Scope{}
	next.Created, next.Due, next.CloseAt = s.now, s.now.Add(c.Due.Sub(c.Created)), s.now.Add(c.CloseAt.Sub(c.Created))
	next.EscalatedAt, next.SweptAt, next.ClosedAt, next.SettledAt, next.CompletedAt = time.Time{}, time.Time{}, time.Time{}, time.Time{}, time.Time{}
	next.ClosedBy, next.CloseReason, next.Items, next.FirstN = "", "", 0, 0
	next.RemindAt = next.NextReminder(s.now)
	only := make([]Membership, len(frozen))
	for i := range frozen {
		item := &frozen[i]
		only[i] = Membership{UserN: item.UserN, Group: item.Group}
		if item.Group == "" {
			only[i].Entitlement = item.Entitlement.String()
		}
	}
	draft, warnings, err := s.gather(&next, only)
	if err != nil || len(draft.Items) == 0 {
		return "", err
	}
	err = s.file(&next, draft, Wish{Reason: "it follows up what was frozen in " + c.ID}, warnings)
	return next.ID, err
}

func followName(name string) string {
	const suffix = " (follow-up)"
	return strings.TrimSuffix(name, suffix) + suffix
}

// everyItem hands the items of a filter to fn, page by page.
func (s *session) everyItem(f store.ItemFilter, fn func([]reviews.Item) error) error {
	for f.Limit = perStep; ; {
		page, err := s.tx.Items(s.ctx, f)
		if err != nil || len(page) == 0 {
			return err
		}
		f.AfterN = page[len(page)-1].N
		if err := fn(page); err != nil {
			return err
		}
	}
}
