package desk

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/reviews"
	"birthright/reviews/campaign"
	"birthright/rules"
)

const (
	usualTime  = 14 * 24 * time.Hour
	usualGrace = 7 * 24 * time.Hour
	longest    = 366 * 24 * time.Hour
)

// draft makes a campaign of a wish, or tells all that is amiss with it.
func (s *session) draft(w Wish) (*reviews.Campaign, error) {
	c := &reviews.Campaign{
		Name: strings.TrimSpace(w.Name), Kind: cmp.Or(w.Kind, reviews.KindPeriodic), Scope: w.Scope, Stages: w.Stages, Fallback: w.Fallback,
		Owner: w.Owner, By: s.Actor.Name, End: cmp.Or(w.End, reviews.EndKeep), AtClose: w.AtClose, Created: s.now, Previous: w.Previous,
	}
	if len(c.Stages) == 0 {
		c.Stages = []reviews.Stage{{Reviewers: []string{rules.ByOwners}}}
	}
	if c.Owner == "" && s.Actor.UserN != 0 {
		c.Owner = campaign.Person(s.Actor.UserN)
	}
	lasts, grace := cmp.Or(w.For, usualTime), cmp.Or(w.Grace, usualGrace)
	c.Due = s.now.Add(lasts).Truncate(time.Microsecond)
	c.CloseAt = c.Due.Add(max(grace, 0))
	c.RemindAt = c.NextReminder(s.now)
	faults := append(s.amiss(c), termFaults(s, c)...)
	if lasts < time.Minute || lasts > longest || grace > longest {
		faults = append(faults, wrong("due", "--due TIME", "a campaign lasts between a minute and a year"))
	}
	return c, together(faults)
}

func (s *session) amiss(c *reviews.Campaign) (faults []error) {
	oneOf := func(field, value string, known []string) {
		if value != "" && !slices.Contains(known, value) {
			faults = append(faults, wrong(field, "", "%q is none of %s", value, strings.Join(known, ", ")))
		}
	}
	if c.Name == "" {
		faults = append(faults, wrong("name", "", "a campaign needs a name"))
	}
	oneOf("kind", c.Kind, reviews.Kinds())
	oneOf("end", c.End, reviews.Ends())
	oneOf("risk", c.Scope.Risk, campaign.Risks())
	for i, stage := range c.Stages {
		if len(stage.Reviewers) == 0 {
			faults = append(faults, wrong("stages", "", "stage %d has no reviewers", i+1))
		}
	}
	for _, name := range c.Scope.Targets {
		if state, err := s.tx.TargetState(s.ctx, name); err != nil || state.N == 0 {
			faults = append(faults, wrong("targets", "", "nothing is known of a target %q", name))
		}
	}
	return faults
}

// termFaults are the terms of a campaign that name nobody.
func termFaults(s *session, c *reviews.Campaign) (faults []error) {
	terms := slices.Concat(c.Fallback, []string{c.Owner})
	for _, stage := range c.Stages {
		terms = append(terms, stage.Reviewers...)
	}
	slices.Sort(terms)
	for _, term := range slices.Compact(terms) {
		kind, name, named := strings.Cut(term, ":")
		switch {
		case term == "", !named && (kind == rules.ByOwners || kind == rules.ByManager), kind == "oncall" && name != "", kind == "person":
		case kind == "user" && name != "":
			if s.Named(name) == 0 {
				faults = append(faults, wrong("reviewers", "", "there is no user %q", name))
			}
		case kind == "group" && name != "":
			if _, known := s.engine.Group(name); !known {
				faults = append(faults, wrong("reviewers", "", "there is no group %q", name))
			}
		default:
			faults = append(faults, wrong("reviewers", "write owners, manager, user:NAME, group:NAME or oncall:NAME", "%q names no reviewers", term))
		}
	}
	return faults
}

// together is one error of kind Invalid of several.
func together(faults []error) error {
	if len(faults) < 2 {
		return errors.Join(faults...)
	}
	return &identity.Error{Kind: identity.Invalid, Err: errors.Join(faults...)}
}
