package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/reviews"
	"birthright/reviews/campaign"
	"birthright/store"
)

// ByID returns items by their IDs, of whatever campaign, by campaign: those that the
// actor may see. One that is not there, or not for the actor to see, is an error.
func (d *Desk) ByID(ctx context.Context, a approval.Actor, ids []string) (out map[string][]Item, err error) {
	out = map[string][]Item{}
	err = d.view(ctx, a, func(s *session) error {
		found, err := s.tx.Items(s.ctx, store.ItemFilter{IDs: lower(ids)})
		if err != nil {
			return err
		}
		byCampaign := map[string][]reviews.Item{}
		for _, i := range found {
			byCampaign[i.Campaign] = append(byCampaign[i.Campaign], i)
		}
		seen := map[string]bool{}
		for id, items := range byCampaign {
			c, err := s.visible(id)
			if err != nil {
				return err
			}
			if items, err = s.shownOf(&c, items); err != nil {
				return err
			}
			if len(items) == 0 {
				continue
			}
			if out[id], err = s.describeItems(items); err != nil {
				return err
			}
			for _, i := range items {
				seen[i.ID] = true
			}
		}
		var missing []string
		for _, id := range lower(ids) {
			if !seen[id] {
				missing = append(missing, id)
			}
		}
		if len(missing) > 0 {
			slices.Sort(missing)
			return &identity.Error{Kind: identity.NotFound, Op: "find items", Err: fmt.Errorf("there is no item %s", strings.Join(missing, ", "))}
		}
		return nil
	})
	return out, err
}

// shownOf are those of some items of a campaign that the actor may see: all of them, or
// what is for the actor to decide, was decided by the actor, or is about the actor.
func (s *session) shownOf(c *reviews.Campaign, items []reviews.Item) ([]reviews.Item, error) {
	if campaign.May(s.Actor, campaign.ReadAll, campaign.Relation{Owner: s.ownerOf(c)}) == "" {
		return items, nil
	}
	ids := make([]string, len(items))
	for i := range items {
		ids[i] = items[i].ID
	}
	mine, err := s.tx.Items(s.ctx, store.ItemFilter{Campaign: c, IDs: ids, For: s.voices(s.Actor.UserN)})
	if err != nil {
		return nil, err
	}
	own := map[string]bool{}
	for i := range mine {
		own[mine[i].ID] = true
	}
	return slices.DeleteFunc(items, func(i reviews.Item) bool {
		return !own[i.ID] && i.UserN != s.Actor.UserN && (i.By != s.Actor.Name || i.Outcome == "")
	}), nil
}
