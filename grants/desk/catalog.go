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
}

// Catalog returns what a user can ask for, by name: those offers in which every word of
// search is found. "" for the user is the actor; for an operator who names nobody it is
// everything.
func (d *Desk) Catalog(ctx context.Context, a approval.Actor, user, search string) (out []Offer, err error) {
	err = d.view(ctx, a, func(s *session) error {
		n := s.actor.UserN
		if user != "" {
			if n = s.people.Named(user); n == 0 {
				return errUnknown("user", user)
			}
			if n != s.actor.UserN {
				if err := s.may(approval.ReadAll, approval.Relation{}); err != nil {
					return err
				}
			}
		}
		out, err = s.catalog(n, strings.Fields(strings.ToLower(search)))
		return err
	})
	return out, err
}

func (s *session) catalog(userN int64, words []string) ([]Offer, error) {
	took, err := s.decisionTimes()
	if err != nil {
		return nil, err
	}
	var out []Offer
	offered := map[string]bool{}
	consider := func(name, kind string) {
		o, ok := s.offer(name, kind, userN, took)
		if ok {
			offered[name] = true
		}
		if ok && o.matches(words) {
			out = append(out, o)
		}
	}
	for _, name := range s.engine.GroupNames() {
		consider(name, OfferGroup)
	}
	made, err := s.madeGroups()
	if err != nil {
		return nil, err
	}
	for _, name := range made {
		consider(name, OfferGroup)
	}
	single, err := s.discovered()
	if err != nil {
		return nil, err
	}
	for _, address := range single {
		consider(address, OfferEntitlement)
	}
	for i := range s.engine.Policy().Bundles {
		if o, ok := s.bundle(&s.engine.Policy().Bundles[i], offered, userN, took); ok && o.matches(words) {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b Offer) int { return cmp.Compare(a.Name, b.Name) })
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

// discovered returns the entitlements that were seen on targets and may be asked for by
// themselves.
func (s *session) discovered() ([]string, error) {
	var targets []string
	for i := range s.engine.Policy().Entitlements {
		target, _, _ := strings.Cut(s.engine.Policy().Entitlements[i].Match, ":")
		targets = append(targets, target)
	}
	slices.Sort(targets)
	var out []string
	for _, target := range slices.Compact(targets) {
		rows, err := s.tx.Entitlements(s.ctx, target)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if address := row.Address.String(); row.Present && s.engine.Request(address) != nil {
				out = append(out, address)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// offer describes one group, if the user may ask for it.
func (s *session) offer(name, kind string, userN int64, took map[string][]time.Duration) (Offer, bool) {
	policy := s.engine.Request(name)
	if policy == nil {
		return Offer{}, false
	}
	definition, _ := s.engine.Group(name)
	held := false
	if userN != 0 {
		r := &grants.Request{Kind: grants.KindRequest, UserN: userN, ByN: userN, Group: name, Duration: policy.Usual()}
		if holds, err := s.holds(r, policy.Allow); err != nil || !holds {
			return Offer{}, false
		}
		held = s.people.Belongs(userN, name).In
	}
	o := Offer{
		Name: name, Kind: kind, Title: definition.Title, Description: definition.Description, Owners: list(definition.Owners), Risk: definition.Risk,
		Gives: addresses(definition.Access), DefaultSeconds: seconds(policy.Usual()), MaxSeconds: seconds(policy.Longest()),
		Requires: list(policy.Require), Approval: HowDecided(policy), BreakGlass: policy.BreakGlass != nil, Held: held,
	}
	o.DecisionSeconds, o.Decisions = median(took[name])
	return o, true
}

// bundle describes one bundle, if the user may ask for all of it.
func (s *session) bundle(b *rules.Bundle, offered map[string]bool, userN int64, took map[string][]time.Duration) (Offer, bool) {
	o := Offer{
		Name: b.Name, Kind: OfferBundle, Title: b.Title, Description: b.Description, Owners: []string{}, Groups: b.Groups,
		Gives: []string{}, Requires: []string{}, Held: userN != 0,
	}
	var all []time.Duration
	var ways []string
	for _, name := range b.Groups {
		if !offered[name] {
			return Offer{}, false
		}
		part, _ := s.offer(name, OfferGroup, userN, nil)
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
	return o, true
}

func rank(risk string) int {
	return slices.Index([]string{"", "low", "medium", "high", "critical"}, risk)
}

// Matches reports whether every word of a search is somewhere in the offer.
func (o *Offer) Matches(search string) bool {
	return o.matches(strings.Fields(strings.ToLower(search)))
}

func (o *Offer) matches(words []string) bool {
	if len(words) == 0 {
		return true
	}
	text := strings.ToLower(strings.Join([]string{
		o.Name, o.Title, o.Description, strings.Join(o.Gives, " "), strings.Join(o.Groups, " "), strings.Join(o.Owners, " "),
	}, " "))
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
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
