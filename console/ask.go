package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
)

type askDesk interface {
	Browse(ctx context.Context, a approval.Actor, b desk.Browse) (desk.Shelf, error)
	Ask(ctx context.Context, a approval.Actor, w desk.Wish) ([]desk.Request, error)
	BreakGlass(ctx context.Context, a approval.Actor, w desk.Wish) (desk.Request, error)
}

// mostOffers is how much of the catalog a page shows.
const mostOffers = 40

// askPage is the catalog, and the form for what was chosen of it.
type askPage struct {
	Search string
	Offers []offered
	// More is how much else fits the search, All how much there is.
	More, All int
	// Chosen is what is to be asked for.
	Chosen []offered
	// Most is the longest time in seconds, Usual that without a word; Reason and Ticket
	// say that it takes one.
	Most, Usual                      int64
	NeedsReason, NeedsTicket         bool
	For, Reason, Ticket, Start, User string
	Lengths                          []string
	Faults                           faults
}

// offered is an offer, with the addresses that choose it and that leave it out.
type offered struct {
	desk.Offer
	Chosen    bool
	Choose    string
	Elsewhere bool // it is not in the visitor's own catalog
}

func (c *Console) mountAsk(d door) {
	d.page("GET /request", func(r *http.Request, v visitor) (view, error) { return c.asking(r, v, nil) })
	d.form("POST /request", c.ask)
	d.page("GET /break-glass", func(r *http.Request, v visitor) (view, error) { return c.glass(r, v, nil) })
	d.form("POST /break-glass", c.breakGlass)
}

// asking is the page on which something is asked for; wrong is what is wrong with what
// was typed.
func (c *Console) asking(r *http.Request, v visitor, wrong error) (view, error) {
	_ = r.ParseForm() // what cannot be read was not typed
	shelf, err := c.Desk.Browse(r.Context(), v.Actor, desk.Browse{Search: typed(r, "q"), Names: chosen(r), Limit: mostOffers})
	if err != nil {
		return view{}, err
	}
	page := askPage{
		Search: typed(r, "q"), All: shelf.All, More: shelf.Fit - len(shelf.Offers), For: typed(r, "for"), Reason: typed(r, "reason"), Ticket: typed(r, "ticket"),
		Start: typed(r, "start"), User: typed(r, "user"), Faults: faultsOf(wrong),
	}
	page.choose(shelf.Named, chosen(r))
	page.find(shelf.Offers, r.Form)
	return view{Page: "ask.html", Section: "Request", Title: "Request access", Body: page}, nil
}

// chosen are the groups that an address or a form names, each once.
func chosen(r *http.Request) []string {
	var out []string
	for _, value := range r.Form["group"] {
		for _, name := range strings.Split(value, ",") {
			if name = strings.TrimSpace(name); name != "" && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// choose fills in what is to be asked for, and what it takes.
func (p *askPage) choose(named []desk.Offer, names []string) {
	for _, name := range names {
		at := slices.IndexFunc(named, func(o desk.Offer) bool { return o.Name == name })
		if at < 0 {
			p.Chosen = append(p.Chosen, offered{Offer: desk.Offer{Name: name}, Elsewhere: true})
			continue
		}
		o := named[at]
		p.Chosen = append(p.Chosen, offered{Offer: o, Chosen: true})
		p.NeedsReason, p.NeedsTicket = p.NeedsReason || slices.Contains(o.Requires, "reason"), p.NeedsTicket || slices.ContainsFunc(o.Requires, isTicket)
		p.Most, p.Usual = shorter(p.Most, o.MaxSeconds), shorter(p.Usual, o.DefaultSeconds)
	}
	for _, length := range []struct {
		text    string
		seconds int64
	}{{"30m", 1800}, {"1h", 3600}, {"2h", 7200}, {"4h", 14400}, {"8h", 28800}, {"1d", 86400}, {"1w", 604800}} {
		if length.seconds <= p.Most {
			p.Lengths = append(p.Lengths, length.text)
		}
	}
}

// isTicket reports whether what a request must bring is a ticket.
func isTicket(what string) bool { return what == "ticket" || what == "open-ticket" }

func shorter(a, b int64) int64 {
	if a == 0 {
		return b
	}
	return min(a, b)
}

// find fills in what fits the search. What is chosen in addition keeps what was typed.
func (p *askPage) find(fit []desk.Offer, form url.Values) {
	for i := range fit {
		one := offered{Offer: fit[i]}
		values := url.Values{}
		for _, field := range []string{"group", "for", "reason", "ticket", "start", "user", "q"} {
			for _, value := range form[field] {
				if value != "" {
					values.Add(field, value)
				}
			}
		}
		one.Chosen = slices.ContainsFunc(p.Chosen, func(o offered) bool { return o.Name == one.Name })
		values.Add("group", one.Name)
		one.Choose = "/request?" + values.Encode() + "#ask"
		p.Offers = append(p.Offers, one)
	}
}

// wishOf reads the form.
func (c *Console) wishOf(r *http.Request) (desk.Wish, error) {
	length, wrongLength := lengthOf("for", typed(r, "for"))
	start, wrongStart := instantOf("start", typed(r, "start"), c.beginning)
	return desk.Wish{
		User: typed(r, "user"), Groups: chosen(r), For: length, Reason: typed(r, "reason"), Ticket: typed(r, "ticket"), Start: start,
	}, every(wrongLength, wrongStart)
}

func (c *Console) ask(r *http.Request, v visitor) (view, error) {
	wish, err := c.wishOf(r)
	if err == nil {
		var made []desk.Request
		if made, err = c.Desk.Ask(r.Context(), v.Actor, wish); err == nil {
			return goTo("/", asked(made)), nil
		}
	}
	page, errShow := c.asking(r, v, err)
	if errShow != nil {
		return view{}, errShow
	}
	return c.misfit(page, err, "groups", "for", "reason", "ticket", "start", "user"), nil
}

// asked says what became of requests: a line for each.
func asked(made []desk.Request) string {
	lines := make([]string, len(made))
	for i, r := range made {
		lines[i] = r.Group + ": approved by the policy at once."
		if r.State == grants.Pending {
			lines[i] = r.Group + ": asked for; " + r.ID + waitsFor(r)
		}
	}
	return strings.Join(lines, "\n")
}

// whoDecides names who may decide on a request now, the first of them.
func whoDecides(r desk.Request) string {
	const most = 4
	names := r.Stage.Approvers
	switch {
	case len(names) == 0:
		return r.Stage.By + ", of whom there is nobody at present"
	case len(names) > most:
		return strings.Join(names[:most], ", ") + " or " + plural(len(names)-most, "other", "others")
	}
	return strings.Join(names, ", ")
}
