package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"birthright/grants/approval"
	"birthright/reviews"
	"birthright/reviews/campaign"
	"birthright/store"
)

// Report returns what a campaign came to, item by item: evidence for those who may see
// all of it.
func (d *Desk) Report(ctx context.Context, a approval.Actor, id string) (out Report, err error) {
	err = d.view(ctx, a, func(s *session) error {
		c, err := s.tx.CampaignByID(s.ctx, id)
		if err != nil {
			return err
		}
		if err := s.may(campaign.ReadAll, campaign.Relation{Owner: s.ownerOf(&c)}); err != nil {
			return err
		}
		if out.Campaign, err = s.describe(c); err != nil {
			return err
		}
		said, err := s.tx.DecisionsIn(s.ctx, c.N)
		if err != nil {
			return err
		}
		out.Reviewers = worked(said)
		return s.everyItem(store.ItemFilter{Campaign: &c}, func(page []reviews.Item) error {
			items, err := s.describeItems(page)
			out.Items = append(out.Items, items...)
			return err
		})
	})
	return out, err
}

// worked is what each reviewer did, by name.
func worked(said []reviews.Decision) []Work {
	byName := map[string]*Work{}
	together := map[string]map[int64]int{}
	for _, d := range said {
		name := strings.TrimPrefix(d.By, "user:")
		w := byName[name]
		if w == nil {
			w = &Work{User: name, First: d.At}
			byName[name], together[name] = w, map[int64]int{}
		}
		w.Last = d.At
		switch d.What {
		case reviews.Kept:
			w.Kept++
		case reviews.Revoked:
			w.Revoked++
		case reviews.Shortened:
			w.Shortened++
		case reviews.Reassign:
			w.Moved++
		}
		together[name][d.At.UnixMicro()]++
		w.AtOnce = max(w.AtOnce, together[name][d.At.UnixMicro()])
	}
	out := []Work{}
	for _, name := range sortedKeys(byName, cmp.Compare[string]) {
		out = append(out, *byName[name])
	}
	return slices.Clip(out)
}
