package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/internal/duration"
	"birthright/internal/textsearch"
	"birthright/rules"
	"birthright/store"
)

// The kinds of Offer.
const (
	OfferGroup       = "group"
	OfferBundle      = "bundle"
	OfferEntitlement = "entitlement"
)

// Offer is something that can be asked for.
type Offer struct {
	Name        string   `json:"name"`
	Kind        string   `json:"kind"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Owners      []string `json:"owners"`
	Risk        string   `json:"risk"`
	// Gives are the entitlements that it carries, Groups those of a bundle.
	Gives  []string `json:"gives"`
	Groups []string `json:"groups,omitempty"`
	// DefaultSeconds and MaxSeconds are for how long.
	DefaultSeconds int64    `json:"default_seconds"`
	MaxSeconds     int64    `json:"max_seconds"`
	Requires       []string `json:"requires"`
	// Approval says how it is decided, in words.
	Approval   string `json:"approval"`
	BreakGlass bool   `json:"break_glass"`
	// DecisionSeconds is how long people took to decide lately, as the median of
	// Decisions requests; 0 where nobody asked.
	DecisionSeconds int64 `json:"decision_seconds"`
	Decisions       int   `json:"decisions"`
	// Held says that the user has it already.
	Held bool `json:"held"`
	// GivesTitles are what targets call what it gives, of those that have another name for
	// it than the address.
	GivesTitles []string `json:"gives_titles,omitempty"`
}

// Browse selects what can be asked for. Empty fields do not filter.
type Browse struct {
	// User is who is to get it; "" is the actor, and for an operator everything there is.
	User string
	// Search are words: what each of them is found in fits, the best first.
	Search string
	// Names are what must be among the offers, whatever the search: Shelf.Named.
	Names []string
	Limit int // 0: no bound
}

// Shelf is what Browse selects.
type Shelf struct {
	Offers []Offer
	// Fit is how many offers fit the search, All how many there are.
	Fit, All int
	// Named are the offers of the names that were asked for, as far as there are such.
	Named []Offer
}

// Catalog returns all that a user can ask for: by name, or, with a search, the best first.
func (d *Desk) Catalog(ctx context.Context, a approval.Actor, user, search string) ([]Offer, error) {
	shelf, err := d.Browse(ctx, a, Browse{User: user, Search: search})
	return shelf.Offers, err
}

// Browse looks for what a user can ask for.
func (d *Desk) Browse(ctx context.Context, a approval.Actor, b Browse) (out Shelf, err error) {
	err = d.view(ctx, a, func(s *session) error {
		n := s.actor.UserN
		if b.User != "" {
			if n = s.people.Named(b.User); n == 0 {
				return errUnknown("user", b.User)
			}
			if n != s.actor.UserN {
				if err := s.may(approval.ReadAll, approval.Relation{}); err != nil {
					return err
				}
			}
		}
		out, err = s.browse(n, b)
		return err
	})
	return out, err
}

// found is something that can be asked for, before it is described.
type found struct {
	name, kind string
	score      int
}

// order puts a bundle behind the one thing that was searched.
func (f *found) order(searched bool) int {
	if searched && f.kind == OfferBundle {
		return 1
	}
	return 0
}

// browse looks at all there is, and describes what is asked for of it.
func (s *session) browse(userN int64, b Browse) (out Shelf, err error) {
	shop, err := s.shop(userN)
	if err != nil {
		return out, err
	}
	q := textsearch.Parse(b.Search)
	searched := !q.Empty()
	var fit []found
	for i := range shop.index.goods {
		g := &shop.index.goods[i]
		if !shop.offers(g) {
			continue
		}
		out.All++
		if score, fits := q.Fit(&g.text, g.about); fits {
			fit = append(fit, found{g.name, g.kind, score})
		}
	}
	slices.SortFunc(fit, func(a, b found) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.order(searched), b.order(searched)), cmp.Compare(a.name, b.name))
	})
	out.Fit = len(fit)
	if b.Limit > 0 && len(fit) > b.Limit {
		fit = fit[:b.Limit]
	}
	out.Offers = make([]Offer, len(fit))
	for i, f := range fit {
		out.Offers[i] = shop.describe(f.name, f.kind)
	}
	for _, name := range b.Names {
		if g := shop.index.named(name); g != nil && shop.offers(g) {
			out.Named = append(out.Named, shop.describe(g.name, g.kind))
		}
	}
	return out, s.people.err
}

// madeGroups returns the groups that rules made and that may be asked for.
func (s *session) madeGroups() ([]string, error) {
	all, err := s.tx.AllGroupNames(s.ctx)
	if err != nil {
		return nil, err
	}
	spelled := map[string]bool{}
	for _, name := range s.engine.GroupNames() {
		spelled[name] = true
	}
	var out []string
	for _, name := range all {
		if !spelled[name] && !strings.Contains(name, ":") && s.engine.Request(name) != nil {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}

// offer describes one group.
func (s *session) offer(name, kind string, userN int64, took map[string][]time.Duration) Offer {
	policy := s.engine.Request(name)
	definition, _ := s.engine.Group(name)
	o := Offer{
		Name: name, Kind: kind, Title: definition.Title, Description: definition.Description, Owners: list(definition.Owners), Risk: definition.Risk,
		Gives: addresses(definition.Access), DefaultSeconds: seconds(policy.Usual()), MaxSeconds: seconds(policy.Longest()),
		Requires: list(policy.Require), Approval: HowDecided(policy), BreakGlass: policy.BreakGlass != nil,
		Held: userN != 0 && s.people.Belongs(userN, name).In,
	}
	o.DecisionSeconds, o.Decisions = median(took[name])
	return o
}

// bundle describes one bundle.
func (s *session) bundle(b *rules.Bundle, userN int64, took map[string][]time.Duration) Offer {
	o := Offer{
		Name: b.Name, Kind: OfferBundle, Title: b.Title, Description: b.Description, Owners: []string{}, Groups: b.Groups,
		Gives: []string{}, Requires: []string{}, Held: userN != 0,
	}
	var all []time.Duration
	var ways []string
	for _, name := range b.Groups {
		part := s.offer(name, OfferGroup, userN, nil)
		o.Gives, o.Owners = append(o.Gives, part.Gives...), append(o.Owners, part.Owners...)
		o.Requires, ways, all = append(o.Requires, part.Requires...), append(ways, part.Approval), append(all, took[name]...)
		o.Held = o.Held && part.Held
		if o.MaxSeconds == 0 || part.MaxSeconds < o.MaxSeconds {
			o.MaxSeconds = part.MaxSeconds
		}
		if o.DefaultSeconds == 0 || part.DefaultSeconds < o.DefaultSeconds {
			o.DefaultSeconds = part.DefaultSeconds
		}
		if rank(part.Risk) > rank(o.Risk) {
			o.Risk = part.Risk
		}
	}
	for _, each := range []*[]string{&o.Gives, &o.Owners, &o.Requires, &ways} {
		slices.Sort(*each)
		*each = slices.Compact(*each)
	}
	o.Approval = strings.Join(ways, "; ")
	o.DecisionSeconds, o.Decisions = median(all)
	return o
}

func rank(risk string) int {
	return slices.Index([]string{"", "low", "medium", "high", "critical"}, risk)
}

// HowDecided says in words how requests are decided.
func HowDecided(r *rules.Request) string {
	var parts []string
	for _, stage := range r.Stages() {
		part := stage.By
		if stage.Count > 1 {
			part = fmt.Sprintf("%d of %s", stage.Count, stage.By)
		}
		parts = append(parts, part)
	}
	text := strings.Join(parts, ", then ")
	if !r.AutoApprove.IsZero() {
		text = fmt.Sprintf("at once for up to %s if %s; else %s", duration.Format(r.LongestAuto()), r.AutoApprove.Source, text)
	}
	return text
}

// decisionTimes is how long people took to decide lately, by group.
func (s *session) decisionTimes() (map[string][]time.Duration, error) {
	const enough = 5000
	decided, err := s.tx.Requests(s.ctx, store.RequestFilter{
		From: s.now.Add(-recently), Outcomes: []string{grants.Approved, grants.Denied}, Kind: grants.KindRequest, Limit: enough,
	})
	out := map[string][]time.Duration{}
	for i := range decided {
		if r := &decided[i]; r.Auto == "" {
			out[r.Group] = append(out[r.Group], r.DecidedAt.Sub(r.Created))
		}
	}
	return out, err
}

func median(took []time.Duration) (inSeconds int64, of int) {
	if len(took) == 0 {
		return 0, 0
	}
	slices.Sort(took)
	return seconds(took[len(took)/2]), len(took)
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

func addresses(access []identity.Entitlement) []string {
	out := make([]string, len(access))
	for i, e := range access {
		out[i] = e.String()
	}
	return out
}

// list is never nil, so that programs see an empty list.
func list(of []string) []string {
	if of == nil {
		return []string{}
	}
	return of
}

func errUnknown(field, user string) error {
	return &identity.Error{Kind: identity.NotFound, Field: field, Err: errNoUser(user), Hint: "`birthright user list` shows the users"}
}
