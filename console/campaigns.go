package console

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"birthright/identity"
	"birthright/internal/duration"
	"birthright/reviews"
	"birthright/reviews/desk"
	"birthright/reviews/document"
)

// campaignsPage is a page of campaigns.
type campaignsPage struct {
	Campaigns []desk.Campaign
	States    []string
	State     string
	Pager     pager
	MayStart  bool
}

// campaignPage is one campaign.
type campaignPage struct {
	desk.Campaign
	Reviewers []desk.Reviewing // nil for who may not see them
	Items     []desk.Item
	Asked     desk.ItemQuery
	Wanted    string // the state that the items are narrowed to
	Pager     pager
	Path      string
	MayClose  bool
	Reason    string
	Faults    faults
}

// startPage is the form of a new campaign, and what it would be like.
type startPage struct {
	url.Values
	Forecast *desk.Forecast
	Ends     []string
	Faults   faults
}

// Typed is what was typed into a field.
func (p startPage) Typed(field string) string { return p.Get(field) }

func (c *Console) mountCampaigns(d door) {
	d.page("GET /reviews", c.campaigns)
	d.page("GET /reviews/new", c.newCampaign)
	d.form("POST /reviews/new", c.startCampaign)
	d.page("GET /reviews/{id}", func(r *http.Request, v visitor) (view, error) { return c.campaign(r, v, nil) })
	d.form("POST /reviews/{id}", c.closeCampaign)
	d.raw("GET /reviews/{id}/report", c.campaignReport)
}

func (c *Console) campaigns(r *http.Request, v visitor) (view, error) {
	q := desk.CampaignQuery{Limit: pageSize + 1}
	q.Before, _ = strconv.ParseInt(r.URL.Query().Get("after"), 10, 64) // else from the newest
	state := r.URL.Query().Get("state")
	if state != "" {
		q.States = []string{state}
	}
	found, err := c.Reviews.List(r.Context(), v.Actor, q)
	if err != nil {
		return view{}, err
	}
	next := ""
	if len(found) > pageSize {
		found = found[:pageSize]
		next = strconv.FormatInt(found[pageSize-1].N, 10)
	}
	who, err := c.Hub.Self(r.Context(), v.Actor)
	states := []string{reviews.Open, reviews.Overdue, reviews.Closing, reviews.Removing, reviews.Completed}
	return view{
		Page: "campaigns.html", Section: "Campaigns", Title: "Campaigns",
		Body: campaignsPage{Campaigns: found, States: states, State: state, Pager: pagerOf(r.URL, next), MayStart: who.Admin},
	}, err
}

// campaign is the page of one; wrong is what is wrong with what was sent.
func (c *Console) campaign(r *http.Request, v visitor, wrong error) (view, error) {
	id := strings.ToLower(r.PathValue("id"))
	one, err := c.Reviews.Campaign(r.Context(), v.Actor, id)
	if err != nil {
		return view{}, err
	}
	page := campaignPage{Campaign: one, Path: r.URL.Path, Faults: faultsOf(wrong), Wanted: r.URL.Query().Get("state")}
	if page.Reviewers, err = c.Reviews.Reviewers(r.Context(), v.Actor, id); err != nil && identity.KindOf(err) != identity.Denied {
		return view{}, err
	}
	who, err := c.Hub.Self(r.Context(), v.Actor)
	if err != nil {
		return view{}, err
	}
	page.MayClose = (who.Admin || page.Reviewers != nil && !who.Auditor) && one.ClosedAt.IsZero()
	page.Asked = itemQuery(r)
	page.Asked.Campaign, page.Asked.Limit = id, pageSize+1
	found, err := c.Reviews.Items(r.Context(), v.Actor, page.Asked)
	if err != nil {
		return view{}, err
	}
	page.Items, page.Pager = paged(found, pageSize, r)
	if r.Method == http.MethodPost {
		page.Reason = typed(r, "reason")
	}
	return view{Page: "campaign.html", Section: "Campaigns", Title: one.Name, Body: page}, nil
}

// Decided is how many items are decided, and Share how much that is of all, in percent.
func (p campaignPage) Decided() int { return decidedOf(p.Progress) }

// Share is how much is decided, in percent, rounded down.
func (p campaignPage) Share() int { return shareOf(p.Progress) }

// Share is how much of a campaign is decided, in percent, rounded down.
func (p campaignsPage) Share(c desk.Campaign) int { return shareOf(c.Progress) }

// Decided is how many items of a campaign are decided.
func (p campaignsPage) Decided(c desk.Campaign) int { return decidedOf(c.Progress) }

func decidedOf(p desk.Progress) int { return p.Items - p.Waiting }

func shareOf(p desk.Progress) int {
	if p.Items == 0 {
		return 100
	}
	return decidedOf(p) * 100 / p.Items
}

func (c *Console) closeCampaign(r *http.Request, v visitor) (view, error) {
	one, err := c.Reviews.Close(r.Context(), v.Actor, strings.ToLower(r.PathValue("id")), typed(r, "reason"))
	if err != nil {
		page, errShow := c.campaign(r, v, err)
		if errShow != nil {
			return view{}, errShow
		}
		return c.misfit(page, err, "reason"), nil
	}
	return goTo("/reviews/"+one.ID, "Closed: nobody decides any more, and what was not decided on ends as the campaign says ("+one.End+")."), nil
}

func (c *Console) newCampaign(r *http.Request, _ visitor) (view, error) {
	return startView(r.URL.Query(), nil, nil), nil
}

func startView(typed url.Values, f *desk.Forecast, wrong error) view {
	for field, usual := range map[string]string{"due": "2w", "grace": "1w", "undecided": reviews.EndKeep, "stages": "owners"} {
		if !typed.Has(field) {
			typed.Set(field, usual)
		}
	}
	return view{
		Page: "campaign-new.html", Section: "Campaigns", Title: "Start a campaign",
		Body: startPage{Values: typed, Forecast: f, Ends: reviews.Ends(), Faults: faultsOf(wrong)},
	}
}

// startCampaign shows what a campaign would be like, or starts it.
func (c *Console) startCampaign(r *http.Request, v visitor) (view, error) {
	w, err := wished(r)
	if err == nil && r.PostFormValue("do") == "start" {
		var made desk.Campaign
		if made, err = c.Reviews.Start(r.Context(), v.Actor, w); err == nil {
			return goTo("/reviews/"+made.ID, plural(made.Items, "item waits", "items wait")+" for decisions; reviewers are told."), nil
		}
	}
	var forecast desk.Forecast
	if err == nil {
		forecast, err = c.Reviews.Preview(r.Context(), v.Actor, w)
	}
	if err != nil {
		return c.misfit(startView(r.PostForm, nil, err), err, "name", "due", "grace", "where", "people", "risk", "targets", "stages", "reviewers"), nil
	}
	return startView(r.PostForm, &forecast, nil), nil
}

// wished reads the form of a campaign. A line of stages is one stage.
func wished(r *http.Request) (desk.Wish, error) {
	w := desk.Wish{
		Name: typed(r, "name"), Owner: typed(r, "owner"), End: typed(r, "undecided"), Reason: typed(r, "reason"), Fallback: terms(typed(r, "fallback")),
		AtClose: r.PostFormValue("at_close") != "",
		Scope: reviews.Scope{
			Groups: terms(typed(r, "groups")), Targets: terms(typed(r, "targets")), People: typed(r, "where"), Risk: typed(r, "risk"),
			ChangedSince: strings.ToLower(typed(r, "since")), Surplus: r.PostFormValue("surplus") != "",
		},
	}
	for line := range strings.Lines(typed(r, "stages")) {
		if who := terms(line); len(who) > 0 {
			w.Stages = append(w.Stages, reviews.Stage{Reviewers: who})
		}
	}
	var err error
	read := func(field string, into *time.Duration) {
		d, wrong := duration.Parse(typed(r, field))
		if (wrong != nil || d < 0) && err == nil {
			err = unfit(field, "write how long, such as 14d or 2w")
		}
		*into = d
	}
	read("due", &w.For)
	read("grace", &w.Grace)
	if w.Grace == 0 {
		w.Grace = -1
	}
	return w, err
}

// terms are the words of a text, with spaces or commas between them.
func terms(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
}

// campaignReport is what a campaign came to, as a file.
func (c *Console) campaignReport(w http.ResponseWriter, r *http.Request, v visitor) {
	id := strings.ToLower(r.PathValue("id"))
	c.file(w, r, v, "review-"+id, func(form document.Form, to io.Writer) error {
		return c.Hub.ReviewPaper(r.Context(), v.Actor, id, form, "", to)
	})
}
