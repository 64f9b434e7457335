package app

import (
	"slices"
	"strconv"

	"birthright/reviews"
	"birthright/reviews/evidence"
	"birthright/store"
)

// decisions writes what reviewers decided, campaign by campaign.
func (c *collector) decisions() error {
	campaigns, err := c.tx.Campaigns(c.ctx)
	if err != nil {
		return err
	}
	slices.SortFunc(campaigns, func(a, b reviews.Campaign) int { return int(a.N - b.N) })
	return c.out.Rows(evidence.DecisionsFile, func(put func(any) error) error {
		for i := range campaigns {
			made, err := c.tx.DecisionsIn(c.ctx, campaigns[i].N)
			if err != nil {
				return err
			}
			made = slices.DeleteFunc(made, func(d reviews.Decision) bool { return d.At.Before(c.manifest.From) || !d.At.Before(c.manifest.Until) })
			for batch := range slices.Chunk(made, peopleAtOnce) {
				if err := c.decided(campaigns[i].ID, batch, put); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (c *collector) decided(campaign string, batch []reviews.Decision, put func(any) error) error {
	ids := make([]string, len(batch))
	for i, d := range batch {
		ids[i] = "i" + strconv.FormatInt(d.ItemN, 10)
	}
	found, err := c.tx.Items(c.ctx, store.ItemFilter{IDs: ids})
	if err != nil {
		return err
	}
	items := map[int64]*reviews.Item{}
	for i := range found {
		items[found[i].N] = &found[i]
	}
	for i, d := range batch {
		row := evidence.Decision{Campaign: campaign, Item: ids[i], By: d.By, Decision: d.What, Reason: d.Reason, Stage: d.Stage + 1, At: d.At}
		if item := items[d.ItemN]; item != nil {
			row.User, row.What = item.User, item.What()
		}
		if err := put(row); err != nil {
			return err
		}
	}
	return nil
}
