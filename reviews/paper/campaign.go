package paper

import (
	"fmt"
	"strings"
	"time"

	"birthright/identity"
	"birthright/reviews"
	"birthright/reviews/document"
)

// Reviewer is what one reviewer did in a campaign.
type Reviewer struct {
	User                             string
	Kept, Revoked, Shortened, Passed int
	First, Last                      time.Time
	// AtOnce is the most that were decided in one go.
	AtOnce int
}

// Campaign is what a campaign came to, item by item: evidence.
func Campaign(c *reviews.Campaign, state string, made time.Time, items []reviews.Item, reviewers []Reviewer) *document.Document {
	d := &document.Document{
		Title: "Access review: " + c.Name, Made: made,
		About: "What a campaign looked at, who decided what and why, and whether what was revoked is gone.",
	}
	counts := map[string]int{}
	for i := range items {
		counts[items[i].State()+" "+items[i].Outcome]++
	}
	gone, leaving := 0, 0
	for i := range items {
		switch items[i].State() {
		case reviews.Gone:
			gone++
		case reviews.Leaving:
			leaving++
		}
	}
	d.Facts = []document.Fact{
		{Name: "Campaign", Value: document.Text(c.ID)}, {Name: "State", Value: document.Text(state)}, {Name: "Kind", Value: document.Text(c.Kind)},
		{Name: "Started", Value: document.Date(c.Created)}, {Name: "By", Value: document.Text(name(c.By))}, {Name: "Due", Value: document.Date(c.Due)},
		{Name: "Closed", Value: document.Date(c.ClosedAt)}, {Name: "Undecided items", Value: document.Text(c.End)}, {Name: "Items", Value: document.Count(len(items))},
		{Name: "Revoked and gone", Value: document.Count(gone)}, {Name: "Revoked, not gone yet", Value: document.Count(leaving)},
	}
	if leaving > 0 {
		d.Warnings = append(d.Warnings, fmt.Sprintf("%d revoked items were not seen to be gone when this was written.", leaving))
	}
	d.Sections = []document.Section{
		{Title: "Outcome", Charts: []document.Chart{outcomes(items)}, Tables: []document.Table{reviewerTable(reviewers)}},
		{Title: "Items", Tables: []document.Table{itemTable(items)}},
	}
	return d
}

func name(actor string) string { return strings.TrimPrefix(actor, "user:") }

func outcomes(items []reviews.Item) document.Chart {
	c := document.Chart{Shape: document.Bars, Title: "Items by outcome", Kind: document.KindNumber, Series: []document.Series{{Name: "Items"}}}
	for _, outcome := range append([]string{""}, reviews.Outcomes()...) {
		n := 0
		for i := range items {
			if items[i].Outcome == outcome {
				n++
			}
		}
		label := outcome
		if outcome == "" {
			label = reviews.Waiting
		}
		c.Labels, c.Series[0].Values = append(c.Labels, label), append(c.Series[0].Values, float64(n))
	}
	return c
}

func reviewerTable(list []Reviewer) document.Table {
	return document.Table{
		Name: "reviewers", Caption: "Who decided", Columns: []document.Column{
			{Name: "user", Title: "Reviewer", Kind: document.KindText}, {Name: "kept", Title: "Kept", Kind: document.KindNumber}, {Name: "revoked", Title: "Revoked", Kind: document.KindNumber},
			{Name: "shortened", Title: "Shortened", Kind: document.KindNumber}, {Name: "passed", Title: "Passed on", Kind: document.KindNumber},
			{Name: "first", Title: "First", Kind: document.KindDate}, {Name: "last", Title: "Last", Kind: document.KindDate}, {Name: "at_once", Title: "Most in one go", Kind: document.KindNumber},
		}, Rows: rows(list, func(r *Reviewer) []document.Cell {
			return []document.Cell{
				document.Text(r.User), document.Count(r.Kept), document.Count(r.Revoked), document.Count(r.Shortened), document.Count(r.Passed),
				document.Date(r.First), document.Date(r.Last), document.Count(r.AtOnce),
			}
		}),
		Note: "Many decisions in one go are told because they may have been made without looking.",
	}
}

func itemTable(items []reviews.Item) document.Table {
	return document.Table{Name: "items", Caption: "What was looked at", Columns: []document.Column{
		{Name: "id", Title: "Item", Kind: document.KindText}, {Name: "user", Title: "User", Kind: document.KindText}, {Name: "access", Title: "Access", Kind: document.KindText},
		{Name: "causes", Title: "Held because of", Kind: document.KindText}, {Name: "since", Title: "Since", Kind: document.KindDate}, {Name: "risk", Title: "Risk", Kind: document.KindText},
		{Name: "recommendation", Title: "Recommended", Kind: document.KindText}, {Name: "decision", Title: "Decision", Kind: document.KindText},
		{Name: "by", Title: "By", Kind: document.KindText}, {Name: "at", Title: "At", Kind: document.KindDate}, {Name: "reason", Title: "Reason", Kind: document.KindText},
		{Name: "state", Title: "State", Kind: document.KindText}, {Name: "gone", Title: "Seen to be gone", Kind: document.KindDate},
	}, Rows: rows(items, func(i *reviews.Item) []document.Cell {
		return []document.Cell{
			document.Text(i.ID), document.Text(i.User), document.Text(i.What()), document.Text(causes(i.Causes)), document.Date(i.Since), document.Text(i.Risk), document.Text(i.Advice),
			document.Text(i.Outcome), document.Text(name(i.By)), document.Date(i.At), document.Text(i.Reason), document.Text(i.State()), document.Date(i.GoneAt),
		}
	})}
}

func causes(list []identity.Cause) string {
	parts := make([]string, len(list))
	for i, c := range list {
		parts[i] = c.String()
	}
	return strings.Join(parts, ", ")
}
