package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/internal/duration"
	"birthright/reviews"
	"birthright/reviews/desk"
)

type reviewDesk interface {
	Waiting(ctx context.Context, a approval.Actor, q desk.ItemQuery) ([]desk.Item, error)
	Items(ctx context.Context, a approval.Actor, q desk.ItemQuery) ([]desk.Item, error)
	Decide(ctx context.Context, a approval.Actor, campaign string, w desk.Choice) (desk.Outcome, error)
	List(ctx context.Context, a approval.Actor, q desk.CampaignQuery) ([]desk.Campaign, error)
	Campaign(ctx context.Context, a approval.Actor, id string) (desk.Campaign, error)
	Reviewers(ctx context.Context, a approval.Actor, id string) ([]desk.Reviewing, error)
	Preview(ctx context.Context, a approval.Actor, w desk.Wish) (desk.Forecast, error)
	Start(ctx context.Context, a approval.Actor, w desk.Wish) (desk.Campaign, error)
	Close(ctx context.Context, a approval.Actor, id, reason string) (desk.Campaign, error)
}

// itemsPage is what of reviews waits for the visitor.
type itemsPage struct {
	Items []desk.Item
	Asked desk.ItemQuery
	// Groups and Users are what the list can be narrowed to.
	Groups, Users   []alike
	Pager           pager
	Path            string
	Reason, For, To string // as they were typed
	Chosen          []string
	Faults          faults
}

func (c *Console) mountReviewItems(d door) {
	d.page("GET /review-items", func(r *http.Request, v visitor) (view, error) { return c.reviewing(r, v, nil) })
	d.form("POST /review-items", c.reviewAll)
}

// itemQuery reads what a list of items is narrowed to.
func itemQuery(r *http.Request) desk.ItemQuery {
	asked := r.URL.Query()
	after, _ := strconv.ParseInt(asked.Get("after"), 10, 64) // else from the beginning
	q := desk.ItemQuery{
		Campaign: strings.ToLower(asked.Get("campaign")), User: asked.Get("user"), Group: asked.Get("group"), Entitlement: asked.Get("entitlement"),
		Advice: asked.Get("recommended"), Reviewer: asked.Get("reviewer"), After: after,
	}
	if state := asked.Get("state"); state != "" {
		q.States = []string{state}
	}
	return q
}

// reviewing is the page of what waits; wrong is what is wrong with what was sent.
func (c *Console) reviewing(r *http.Request, v visitor, wrong error) (view, error) {
	q := itemQuery(r)
	q.States, q.Limit = nil, mostCases+1
	found, err := c.Reviews.Waiting(r.Context(), v.Actor, q)
	if err != nil {
		return view{}, err
	}
	found, pages := paged(found, mostCases, r)
	page := itemsPage{Items: found, Asked: q, Pager: pages, Path: r.URL.RequestURI(), Faults: faultsOf(wrong)}
	page.Groups = itemsAlike(found, func(i desk.Item) string { return i.What() })
	page.Users = itemsAlike(found, func(i desk.Item) string { return i.Name })
	if r.Method == http.MethodPost {
		page.Reason, page.For, page.To, page.Chosen = typed(r, "reason"), typed(r, "for"), typed(r, "to"), r.PostForm["on"]
	}
	return view{Page: "review-items.html", Section: "Review", Title: "Review", Body: page}, nil
}

// paged cuts off what was read beyond a page of items.
func paged(found []desk.Item, size int, r *http.Request) ([]desk.Item, pager) {
	next := ""
	if len(found) > size {
		found = found[:size]
		next = strconv.FormatInt(found[size-1].N, 10)
	}
	return found, pagerOf(r.URL, next)
}

func itemsAlike(items []desk.Item, by func(desk.Item) string) []alike {
	counts := map[string]int{}
	for _, i := range items {
		counts[by(i)]++
	}
	var out []alike
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if counts[name] > 1 {
			out = append(out, alike{name, counts[name]})
		}
	}
	slices.SortStableFunc(out, func(a, b alike) int { return cmp.Compare(b.Count, a.Count) })
	return out
}

// Mark is how a form names an item: as it was looked at.
func (p itemsPage) Mark(i desk.Item) string {
	return i.Campaign + ":" + i.ID + ":" + strconv.Itoa(i.Decisions)
}

// Marked reports whether an item was chosen.
func (p itemsPage) Marked(i desk.Item) bool { return slices.Contains(p.Chosen, p.Mark(i)) }

// reviewAll decides on the chosen items of each campaign: on all of them or on none.
func (c *Console) reviewAll(r *http.Request, v visitor) (view, error) {
	what, byCampaign, err := chosenItems(r)
	if err == nil {
		err = c.likeItems(r, v, byCampaign)
	}
	var told []string
	if err == nil {
		told, err = c.decideItems(r, v, what, byCampaign)
	}
	if err != nil {
		if len(told) > 0 { // of one campaign, and not of the next
			_, said := c.told(err)
			next := goTo(r.URL.RequestURI(), strings.Join(append(told, said), "\n"))
			next.Bad = true
			return next, nil
		}
		page, errShow := c.reviewing(r, v, err)
		if errShow != nil {
			return view{}, errShow
		}
		return c.misfit(page, err, "reason", "for", "to"), nil
	}
	return goTo(r.URL.RequestURI(), strings.Join(told, "\n")), nil
}

func (c *Console) decideItems(r *http.Request, v visitor, what string, byCampaign map[string]desk.Choice) (told []string, err error) {
	choice := desk.Choice{What: what, Reason: typed(r, "reason")}
	if what == reviews.Reassign {
		choice.To = typed(r, "to")
	}
	if text := typed(r, "for"); text != "" && what == reviews.Shortened {
		if choice.For, err = duration.Parse(text); err != nil || choice.For <= 0 {
			return nil, unfit("for", "write how long, such as 8h or 30d")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(byCampaign)) {
		one := choice
		one.Items, one.Seen = byCampaign[id].Items, byCampaign[id].Seen
		out, err := c.Reviews.Decide(r.Context(), v.Actor, id, one)
		if err != nil {
			return told, err
		}
		told = append(told, decidedItems(what, out, choice.To))
	}
	return told, nil
}

// decidedItems says what came of a decision.
func decidedItems(what string, out desk.Outcome, to string) string {
	text := plural(out.Changed, "item", "items") + " "
	switch what {
	case reviews.Kept:
		text += "kept"
	case reviews.Revoked:
		text += "revoked: it goes at once, or when the campaign closes, as that says"
	case reviews.Shortened:
		text += "shortened: the standing access goes, and a grant for a time comes in its place"
	case reviews.Reassign:
		text += "handed to " + to
	}
	if rest := len(out.Items) - out.Changed; rest > 0 {
		text += fmt.Sprintf("; %d were so already, or nothing was left of them", rest)
	}
	return text + "."
}

// chosenItems reads what was chosen and what is to become of it, by campaign. A button
// beside an item is about that one alone.
func chosenItems(r *http.Request) (what string, out map[string]desk.Choice, err error) {
	what, marks := r.PostFormValue("decision"), r.PostForm["on"]
	if word, one, ok := strings.Cut(r.PostFormValue("one"), " "); ok {
		what, marks = word, []string{one}
	}
	switch {
	case !slices.Contains(reviews.Choices(), what):
		return what, nil, &identity.Error{Kind: identity.Invalid, Err: errors.New("nothing was decided: click one of the buttons")}
	case len(marks) == 0:
		return what, nil, &identity.Error{Kind: identity.Invalid, Err: errors.New("nothing was chosen: mark what you decide on")}
	case what != reviews.Kept && typed(r, "reason") == "":
		return what, nil, unfit("reason", "to "+what+" needs a reason")
	case what == reviews.Reassign && typed(r, "to") == "":
		return what, nil, unfit("to", "say who is to decide instead")
	}
	out = map[string]desk.Choice{}
	for _, mark := range marks {
		parts := strings.Split(mark, ":")
		if len(parts) != 3 {
			return what, nil, errNotChosen
		}
		seen, err := strconv.Atoi(parts[2])
		if err != nil {
			return what, nil, errNotChosen
		}
		one := out[parts[0]]
		if one.Seen == nil {
			one.Seen = map[string]int{}
		}
		one.Items, one.Seen[parts[1]] = append(one.Items, parts[1]), seen
		out[parts[0]] = one
	}
	return what, out, nil
}

var errNotChosen = &identity.Error{Kind: identity.Invalid, Err: errors.New("that was not chosen on this page: look at it again")}

// likeItems refuses to decide at once on what is not alike: one reason fits one thing, or
// one person.
func (c *Console) likeItems(r *http.Request, v visitor, byCampaign map[string]desk.Choice) error {
	users, things := map[string]bool{}, map[string]bool{}
	for id, one := range byCampaign {
		found, err := c.Reviews.Items(r.Context(), v.Actor, desk.ItemQuery{Campaign: id, IDs: one.Items})
		if err != nil {
			return err
		}
		for _, i := range found {
			users[i.Name], things[i.What()] = true, true
		}
	}
	if len(users) > 1 && len(things) > 1 {
		return &identity.Error{Kind: identity.Invalid, Err: fmt.Errorf("those are not alike: %s and %s. Choose items about one thing, or of one person, and decide on the others by themselves",
			plural(len(users), "person", "people"), plural(len(things), "thing", "things"))}
	}
	return nil
}
