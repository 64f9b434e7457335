package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/reviews"
	"birthright/reviews/desk"
)

// ReviewDesk is what handles access reviews.
type ReviewDesk interface {
	Preview(ctx context.Context, a approval.Actor, w desk.Wish) (desk.Forecast, error)
	Start(ctx context.Context, a approval.Actor, w desk.Wish) (desk.Campaign, error)
	List(ctx context.Context, a approval.Actor, q desk.CampaignQuery) ([]desk.Campaign, error)
	Campaign(ctx context.Context, a approval.Actor, id string) (desk.Campaign, error)
	Items(ctx context.Context, a approval.Actor, q desk.ItemQuery) ([]desk.Item, error)
	ByID(ctx context.Context, a approval.Actor, ids []string) (map[string][]desk.Item, error)
	Reviewers(ctx context.Context, a approval.Actor, id string) ([]desk.Reviewing, error)
	Waiting(ctx context.Context, a approval.Actor, q desk.ItemQuery) ([]desk.Item, error)
	Decide(ctx context.Context, a approval.Actor, campaignID string, w desk.Choice) (desk.Outcome, error)
	Close(ctx context.Context, a approval.Actor, id, reason string) (desk.Campaign, error)
	Report(ctx context.Context, a approval.Actor, id string) (desk.Report, error)
}

// campaignBody says what a campaign is to be like.
type campaignBody struct {
	Name        string     `json:"name" minLength:"1" maxLength:"256"`
	Groups      []string   `json:"groups,omitempty" maxItems:"1000" doc:"names of groups; * stands for any characters"`
	Targets     []string   `json:"targets,omitempty" maxItems:"1000" doc:"only access that carries something on these"`
	Where       string     `json:"where,omitempty" maxLength:"4000" doc:"a condition over user, as rules have it"`
	Risk        string     `json:"risk,omitempty" enum:"low,medium,high,critical" doc:"at least this"`
	Since       string     `json:"changed_since,omitempty" maxLength:"40" doc:"only what was not kept in this campaign, or came since"`
	OnlySurplus bool       `json:"only_surplus,omitempty" doc:"what targets show and nothing explains, instead of memberships"`
	Stages      [][]string `json:"stages,omitempty" maxItems:"10" doc:"who decides, stage by stage: owners, manager, user:NAME, group:NAME, oncall:NAME; owners where it is left out"`
	Fallback    []string   `json:"fallback,omitempty" maxItems:"100" doc:"who decides where none of these can"`
	Owner       string     `json:"owner,omitempty" maxLength:"256" doc:"who answers for it; whoever starts it where it is left out"`
	Due         string     `json:"due,omitempty" maxLength:"40" example:"2w" doc:"how long the reviewers have"`
	Grace       string     `json:"grace,omitempty" maxLength:"40" example:"1w" doc:"how long after that it closes by itself; 0 for at once"`
	Undecided   string     `json:"undecided,omitempty" enum:"keep,freeze,revoke" doc:"what becomes of what nobody decided on"`
	AtClose     bool       `json:"at_close,omitempty" doc:"what is revoked goes when it closes, not at once"`
	AllowEmpty  bool       `json:"allow_empty,omitempty"`
	Reason      string     `json:"reason,omitempty" maxLength:"4000"`
}

func (b *campaignBody) wish() (desk.Wish, error) {
	w := desk.Wish{
		Name: b.Name, Fallback: b.Fallback, Owner: b.Owner, End: b.Undecided, AtClose: b.AtClose, AllowEmpty: b.AllowEmpty, Reason: b.Reason,
		Scope: reviews.Scope{Groups: b.Groups, Targets: b.Targets, People: b.Where, Risk: b.Risk, ChangedSince: b.Since, Surplus: b.OnlySurplus},
	}
	for _, stage := range b.Stages {
		w.Stages = append(w.Stages, reviews.Stage{Reviewers: stage})
	}
	var err error
	if w.For, err = length("due", b.Due); err != nil {
		return w, err
	}
	if b.Grace == "0" {
		w.Grace = -1
		return w, nil
	}
	w.Grace, err = length("grace", b.Grace)
	return w, err
}

type starting struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body campaignBody
}

type closing struct {
	Named
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"4000"`
	}
}

// campaignQuestion selects campaigns.
type campaignQuestion struct {
	State  []string `query:"state" enum:"open,overdue,closing,removing,completed" doc:"one or more, with commas"`
	Cursor string   `query:"cursor" maxLength:"64" doc:"next of the page before"`
	Limit  int      `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"entries on a page"`
}

func (q *campaignQuestion) page(find func(desk.CampaignQuery) ([]desk.Campaign, error)) (*answer[page[desk.ShownCampaign]], error) {
	text := question(append([]string{"reviews"}, q.State...)...)
	before, err := parseCursor(text, q.Cursor)
	if err != nil {
		return nil, err
	}
	found, err := find(desk.CampaignQuery{States: q.State, Before: before, Limit: q.Limit + 1}) // one more tells that there is more
	if err != nil {
		return nil, err
	}
	out := page[desk.ShownCampaign]{Items: []desk.ShownCampaign{}}
	if len(found) > q.Limit {
		found = found[:q.Limit]
		out.Next = cursorAt(text, found[q.Limit-1].N)
	}
	for i := range found {
		out.Items = append(out.Items, found[i].Shown())
	}
	return answering(out, nil)
}

// ItemQuestion selects items of campaigns.
type ItemQuestion struct {
	State       []string `query:"state" enum:"waiting,decided,leaving,gone,void" doc:"one or more, with commas"`
	User        string   `query:"user" maxLength:"256"`
	Group       string   `query:"group" maxLength:"512"`
	Entitlement string   `query:"entitlement" maxLength:"1024"`
	Recommended string   `query:"recommended" enum:"keep,revoke,shorten"`
	Cursor      string   `query:"cursor" maxLength:"64" doc:"next of the page before"`
	Limit       int      `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"entries on a page"`
}

type itemsOf struct {
	Named
	ItemQuestion
	Reviewer string `query:"reviewer" maxLength:"256" doc:"only what waits for this user; me for oneself"`
}

type waitingFor struct {
	ItemQuestion
	Campaign string `query:"campaign" maxLength:"40"`
}

func (q *ItemQuestion) query(campaign, reviewer string) desk.ItemQuery {
	return desk.ItemQuery{
		Campaign: strings.ToLower(campaign), States: q.State, User: q.User, Group: q.Group, Entitlement: q.Entitlement, Advice: q.Recommended, Reviewer: reviewer,
	}
}

// text is the question without the page, by which a cursor knows it.
func (q *ItemQuestion) text(list, campaign, reviewer string) string {
	return strings.Join([]string{list, campaign, reviewer, q.User, q.Group, q.Entitlement, q.Recommended, strings.Join(q.State, ",")}, "\x00")
}

// pageOfItems is a part of a list of items.
func (q *ItemQuestion) pageOfItems(text string, ask desk.ItemQuery, find func(desk.ItemQuery) ([]desk.Item, error)) (*answer[page[desk.ShownItem]], error) {
	var err error
	if ask.After, err = parseCursor(text, q.Cursor); err != nil {
		return nil, err
	}
	ask.Limit = q.Limit + 1 // one more tells that there is more
	found, err := find(ask)
	if err != nil {
		return nil, err
	}
	out := page[desk.ShownItem]{Items: []desk.ShownItem{}}
	if len(found) > q.Limit {
		found = found[:q.Limit]
		out.Next = cursorAt(text, found[q.Limit-1].N)
	}
	for i := range found {
		out.Items = append(out.Items, found[i].Shown())
	}
	return answering(out, nil)
}

// mostItems is how many items are told by their IDs at once.
const mostItems = 200

// itemPath names items.
type itemPath struct {
	IDs string `path:"id" maxLength:"4000" doc:"IDs, with commas; 200 at most"`
}

// alike chooses items of a campaign that wait for whoever decides.
type alike struct {
	User        string `json:"user,omitempty" maxLength:"256"`
	Group       string `json:"group,omitempty" maxLength:"512"`
	Entitlement string `json:"entitlement,omitempty" maxLength:"1024"`
	Recommended string `json:"recommended,omitempty" enum:"keep,revoke,shorten"`
}

type choosing struct {
	Named
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Decision string         `json:"decision" enum:"keep,revoke,shorten,reassign"`
		Items    []string       `json:"items,omitempty" maxItems:"10000" doc:"IDs of items"`
		Alike    *alike         `json:"alike,omitempty" doc:"instead of items: all that wait for you and are like that"`
		Reason   string         `json:"reason,omitempty" maxLength:"4000"`
		For      string         `json:"for,omitempty" maxLength:"40" doc:"with shorten; what is usual for the group where it is left out"`
		To       string         `json:"to,omitempty" maxLength:"256" doc:"with reassign: who decides instead"`
		Overrule bool           `json:"overrule,omitempty" doc:"decide anew what somebody else has decided"`
		Seen     map[string]int `json:"seen,omitempty" doc:"decisions that you saw on each item: one that was decided on since is not decided on"`
	}
}

// reviewDecided is what became of a decision.
type reviewDecided struct {
	Changed int              `json:"changed" doc:"items that it changed; the others were so already"`
	Items   []desk.ShownItem `json:"items" nullable:"false"`
}

func (s *server) mountReviews() {
	op := operation("start-review", http.MethodPost, "/reviews", "Start a campaign in which people look at access again")
	op.DefaultStatus = http.StatusCreated
	route(s, op, func(ctx context.Context, who approval.Actor, in *starting) (*answer[desk.ShownCampaign], error) {
		w, err := in.Body.wish()
		if err != nil {
			return nil, err
		}
		c, err := s.Reviews.Start(ctx, who, w)
		return answering(c.Shown(), err)
	})
	route(s, questionable(operation("preview-review", http.MethodPost, "/reviews/preview", "What a campaign would be like; nothing is started")),
		func(ctx context.Context, who approval.Actor, in *starting) (*answer[desk.Forecast], error) {
			w, err := in.Body.wish()
			if err != nil {
				return nil, err
			}
			return answering(s.Reviews.Preview(ctx, who, w))
		})
	route(s, operation("reviews", http.MethodGet, "/reviews", "Campaigns, newest first: those that you may see"),
		func(ctx context.Context, who approval.Actor, in *campaignQuestion) (*answer[page[desk.ShownCampaign]], error) {
			return in.page(func(q desk.CampaignQuery) ([]desk.Campaign, error) { return s.Reviews.List(ctx, who, q) })
		})
	route(s, operation("review-campaign", http.MethodGet, "/reviews/{id}", "One campaign, and how far it is"),
		func(ctx context.Context, who approval.Actor, in *Named) (*answer[desk.ShownCampaign], error) {
			c, err := s.Reviews.Campaign(ctx, who, strings.ToLower(in.ID))
			return answering(c.Shown(), err)
		})
	s.mountReviewItems()
}

func (s *server) mountReviewItems() {
	route(s, operation("review-items", http.MethodGet, "/reviews/{id}/items", "What a campaign looks at: of others only what is for you to decide"),
		func(ctx context.Context, who approval.Actor, in *itemsOf) (*answer[page[desk.ShownItem]], error) {
			return in.pageOfItems(in.text("items", in.ID, in.Reviewer), in.query(in.ID, in.Reviewer), func(q desk.ItemQuery) ([]desk.Item, error) {
				return s.Reviews.Items(ctx, who, q)
			})
		})
	route(s, operation("review-waiting", http.MethodGet, "/review-items", "What waits for you to decide, of all campaigns"),
		func(ctx context.Context, who approval.Actor, in *waitingFor) (*answer[page[desk.ShownItem]], error) {
			return in.pageOfItems(in.text("waiting", in.Campaign, ""), in.query(in.Campaign, ""), func(q desk.ItemQuery) ([]desk.Item, error) {
				return s.Reviews.Waiting(ctx, who, q)
			})
		})
	route(s, operation("review-item", http.MethodGet, "/review-items/{id}", "Items by their IDs, with commas, of whatever campaign: those that you may see"), s.reviewItems)
	route(s, operation("review-reviewers", http.MethodGet, "/reviews/{id}/reviewers", "How far each reviewer of a campaign is: who has not decided, first"),
		func(ctx context.Context, who approval.Actor, in *Named) (*answer[items[desk.Reviewing]], error) {
			return listing(s.Reviews.Reviewers(ctx, who, strings.ToLower(in.ID)))
		})
	route(s, operation("decide-review", http.MethodPost, "/reviews/{id}/decisions", "Decide whether access stays: on all of the items or on none"), s.decideReview)
	route(s, operation("close-review", http.MethodPost, "/reviews/{id}/close", "Close a campaign before its time"),
		func(ctx context.Context, who approval.Actor, in *closing) (*answer[desk.ShownCampaign], error) {
			c, err := s.Reviews.Close(ctx, who, strings.ToLower(in.ID), in.Body.Reason)
			return answering(c.Shown(), err)
		})
	route(s, operation("review-report", http.MethodGet, "/reviews/{id}/report", "What a campaign came to, item by item"),
		func(ctx context.Context, who approval.Actor, in *Named) (*answer[desk.ShownReport], error) {
			r, err := s.Reviews.Report(ctx, who, strings.ToLower(in.ID))
			return answering(r.Shown(), err)
		})
}

// reviewItems answers with items by their IDs, in their order.
func (s *server) reviewItems(ctx context.Context, who approval.Actor, in *itemPath) (*answer[items[desk.ShownItem]], error) {
	ids := strings.Split(in.IDs, ",")
	if len(ids) > mostItems {
		return nil, &identity.Error{Kind: identity.Invalid, Field: "id", Err: fmt.Errorf("%d items at most are told at once", mostItems)}
	}
	found, err := s.Reviews.ByID(ctx, who, ids)
	var out []desk.Item
	for _, of := range found {
		out = append(out, of...)
	}
	slices.SortFunc(out, func(a, b desk.Item) int { return cmp.Compare(a.N, b.N) })
	shown := make([]desk.ShownItem, len(out))
	for i := range out {
		shown[i] = out[i].Shown()
	}
	return listing(shown, err)
}

func (s *server) decideReview(ctx context.Context, who approval.Actor, in *choosing) (*answer[reviewDecided], error) {
	b := &in.Body
	c := desk.Choice{What: b.Decision, Reason: b.Reason, To: b.To, Items: b.Items, Change: b.Overrule, Seen: b.Seen}
	if b.Alike != nil {
		c.Like = &desk.ItemQuery{User: b.Alike.User, Group: b.Alike.Group, Entitlement: b.Alike.Entitlement, Advice: b.Alike.Recommended}
	}
	var err error
	if c.For, err = length("for", b.For); err != nil {
		return nil, err
	}
	out, err := s.Reviews.Decide(ctx, who, strings.ToLower(in.ID), c)
	shown := reviewDecided{Changed: out.Changed, Items: make([]desk.ShownItem, len(out.Items))}
	for i := range out.Items {
		shown.Items[i] = out.Items[i].Shown()
	}
	return answering(shown, err)
}
