package app

import (
	"context"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/reviews"
	"birthright/reviews/desk"
	"birthright/reviews/paper"
)

// ReviewPaper is what a campaign came to, as a report that can be written.
func (a *App) ReviewPaper(ctx context.Context, actor approval.Actor, id string) (hub.Made, desk.Report, error) {
	r, err := a.Reviews.Report(ctx, actor, id)
	if err != nil {
		return hub.Made{}, r, err
	}
	items := make([]reviews.Item, len(r.Items))
	for i := range r.Items {
		items[i] = r.Items[i].Item
		if r.Items[i].Name != "" {
			items[i].User = r.Items[i].Name
		}
	}
	var reviewers []paper.Reviewer
	for _, w := range r.Reviewers {
		reviewers = append(reviewers, paper.Reviewer{
			User: w.User, Kept: w.Kept, Revoked: w.Revoked, Shortened: w.Shortened, Passed: w.Moved, First: w.First, Last: w.Last, AtOnce: w.AtOnce,
		})
	}
	now := a.Now().UTC()
	m := hub.Made{Document: paper.Campaign(&r.Campaign.Campaign, r.Campaign.State, now, items, reviewers), Manifest: a.manifest("review", now, nil)}
	m.Document.Facts = append(m.Manifest.Facts(), m.Document.Facts...)
	return m, r, nil
}
