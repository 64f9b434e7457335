package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/reviews"
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
			if _, err := s.visible(id); err != nil {
				return err
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
