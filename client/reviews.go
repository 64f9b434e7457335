package client

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"birthright/grants/approval"
	"birthright/internal/duration"
	"birthright/reviews/desk"
)

// Reviews has the methods of the desk of access reviews.
type Reviews struct{ *Client }

// wished is a wish as the API takes it.
type wished struct {
	Name        string     `json:"name"`
	Groups      []string   `json:"groups,omitempty"`
	Targets     []string   `json:"targets,omitempty"`
	Where       string     `json:"where,omitempty"`
	Risk        string     `json:"risk,omitempty"`
	Since       string     `json:"changed_since,omitempty"`
	OnlySurplus bool       `json:"only_surplus,omitempty"`
	Stages      [][]string `json:"stages,omitempty"`
	Fallback    []string   `json:"fallback,omitempty"`
	Owner       string     `json:"owner,omitempty"`
	Due         string     `json:"due,omitempty"`
	Grace       string     `json:"grace,omitempty"`
	Undecided   string     `json:"undecided,omitempty"`
	AtClose     bool       `json:"at_close,omitempty"`
	AllowEmpty  bool       `json:"allow_empty,omitempty"`
	Reason      string     `json:"reason,omitempty"`
}

func wishedOf(w desk.Wish) wished {
	out := wished{
		Name: w.Name, Groups: w.Scope.Groups, Targets: w.Scope.Targets, Where: w.Scope.People, Risk: w.Scope.Risk, Since: w.Scope.ChangedSince, OnlySurplus: w.Scope.Surplus,
		Fallback: w.Fallback, Owner: w.Owner, Undecided: w.End, AtClose: w.AtClose, AllowEmpty: w.AllowEmpty, Reason: w.Reason,
	}
	for _, s := range w.Stages {
		out.Stages = append(out.Stages, s.Reviewers)
	}
	if w.For > 0 {
		out.Due = duration.Format(w.For)
	}
	switch {
	case w.Grace < 0:
		out.Grace = "0"
	case w.Grace > 0:
		out.Grace = duration.Format(w.Grace)
	}
	return out
}

// Preview says what a campaign would be like.
func (c Reviews) Preview(ctx context.Context, _ approval.Actor, w desk.Wish) (out desk.Forecast, err error) {
	return out, c.post(ctx, "/reviews/preview", wishedOf(w), &out)
}

// Start starts a campaign.
func (c Reviews) Start(ctx context.Context, _ approval.Actor, w desk.Wish) (desk.Campaign, error) {
	var out desk.ShownCampaign
	err := c.post(ctx, "/reviews", wishedOf(w), &out)
	return out.Campaign(), err
}

// List returns campaigns, newest first: all that a query selects, page by page.
func (c Reviews) List(ctx context.Context, _ approval.Actor, q desk.CampaignQuery) ([]desk.Campaign, error) {
	found, err := pages[desk.ShownCampaign](ctx, c.Client, "/reviews", values("state", strings.Join(q.States, ",")), "", q.Limit)
	out := make([]desk.Campaign, len(found.Items))
	for i := range found.Items {
		out[i] = found.Items[i].Campaign()
	}
	return out, err
}

// Campaign returns one campaign with how far it is.
func (c Reviews) Campaign(ctx context.Context, _ approval.Actor, id string) (desk.Campaign, error) {
	var out desk.ShownCampaign
	err := c.get(ctx, "/reviews/"+segment(id), nil, &out)
	return out.Campaign(), err
}

// Reviewers tells how far each reviewer of a campaign is.
func (c Reviews) Reviewers(ctx context.Context, _ approval.Actor, id string) ([]desk.Reviewing, error) {
	var out struct{ Items []desk.Reviewing }
	err := c.get(ctx, "/reviews/"+segment(id)+"/reviewers", nil, &out)
	return out.Items, err
}

// Items returns what a query selects, in order.
func (c Reviews) Items(ctx context.Context, _ approval.Actor, q desk.ItemQuery) ([]desk.Item, error) {
	return c.items(ctx, "/reviews/"+segment(q.Campaign)+"/items", selecting(q, "reviewer", q.Reviewer), q.Limit)
}

// Waiting returns what waits for whoever the token is of.
func (c Reviews) Waiting(ctx context.Context, _ approval.Actor, q desk.ItemQuery) ([]desk.Item, error) {
	return c.items(ctx, "/review-items", selecting(q, "campaign", q.Campaign), q.Limit)
}

func selecting(q desk.ItemQuery, more ...string) url.Values {
	return values(append(more, "state", strings.Join(q.States, ","), "user", q.User, "group", q.Group, "entitlement", q.Entitlement, "recommended", q.Advice)...)
}

func (c Reviews) items(ctx context.Context, path string, query url.Values, limit int) ([]desk.Item, error) {
	found, err := pages[desk.ShownItem](ctx, c.Client, path, query, "", limit)
	return itemsOf(found.Items), err
}

func itemsOf(shown []desk.ShownItem) []desk.Item {
	out := make([]desk.Item, len(shown))
	for i := range shown {
		out[i] = shown[i].Item()
	}
	return out
}

// itemsAtOnce is how many items are asked for by their IDs at once.
const itemsAtOnce = 200

// ByID returns items by their IDs, by campaign.
func (c Reviews) ByID(ctx context.Context, _ approval.Actor, ids []string) (map[string][]desk.Item, error) {
	out := map[string][]desk.Item{}
	for some := range slices.Chunk(ids, itemsAtOnce) {
		var found struct{ Items []desk.ShownItem }
		if err := c.get(ctx, "/review-items/"+segment(strings.Join(some, ",")), nil, &found); err != nil {
			return nil, err
		}
		for _, i := range itemsOf(found.Items) {
			out[i.Campaign] = append(out[i.Campaign], i)
		}
	}
	return out, nil
}

// chosen is a choice as the API takes it.
type chosen struct {
	Decision string            `json:"decision"`
	Items    []string          `json:"items,omitempty"`
	Alike    map[string]string `json:"alike,omitempty"`
	Reason   string            `json:"reason,omitempty"`
	For      string            `json:"for,omitempty"`
	To       string            `json:"to,omitempty"`
	Overrule bool              `json:"overrule,omitempty"`
	Seen     map[string]int    `json:"seen,omitempty"`
}

// Decide takes a decision on items of a campaign.
func (c Reviews) Decide(ctx context.Context, _ approval.Actor, campaign string, w desk.Choice) (desk.Outcome, error) {
	body := chosen{Decision: w.What, Items: w.Items, Reason: w.Reason, To: w.To, Overrule: w.Change, Seen: w.Seen}
	if w.For > 0 {
		body.For = duration.Format(w.For)
	}
	if q := w.Like; q != nil {
		body.Alike = map[string]string{"user": q.User, "group": q.Group, "entitlement": q.Entitlement, "recommended": q.Advice}
		maps.DeleteFunc(body.Alike, func(_, value string) bool { return value == "" })
	}
	var out struct {
		Changed int
		Items   []desk.ShownItem
	}
	err := c.post(ctx, "/reviews/"+segment(campaign)+"/decisions", body, &out)
	return desk.Outcome{Items: itemsOf(out.Items), Changed: out.Changed}, err
}

// Close ends a campaign before its time.
func (c Reviews) Close(ctx context.Context, _ approval.Actor, id, reason string) (desk.Campaign, error) {
	var out desk.ShownCampaign
	err := c.post(ctx, "/reviews/"+segment(id)+"/close", map[string]string{"reason": reason}, &out)
	return out.Campaign(), err
}

// Report returns what a campaign came to, item by item.
func (c Reviews) Report(ctx context.Context, _ approval.Actor, id string) (desk.Report, error) {
	var out desk.ShownReport
	err := c.get(ctx, "/reviews/"+segment(id)+"/report", nil, &out)
	return out.Report(), err
}
