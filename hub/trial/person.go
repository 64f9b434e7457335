package trial

import (
	"maps"
	"slices"
	"time"

	"birthright/identity"
	"birthright/rules"
)

// Person is what a supposed person would get, as programs see it.
type Person struct {
	User         string              `json:"user"`
	State        identity.State      `json:"state"`
	At           *time.Time          `json:"at"`
	Attributes   identity.Attributes `json:"attributes"`
	Memberships  []WouldHold         `json:"memberships"`
	Entitlements []WouldGet          `json:"entitlements"`
	Refused      []rules.Refusal     `json:"refused"`
	// Gains and Losses compare with today; there is nothing to compare somebody
	// new with, and then Compared is not set.
	Gains    []string `json:"gains"`
	Losses   []string `json:"losses"`
	Compared bool     `json:"compared"`
}

// WouldHold is one membership.
type WouldHold struct {
	Group  string           `json:"group"`
	Risk   string           `json:"risk"`
	Causes []identity.Cause `json:"causes"`
	EndsAt *time.Time       `json:"ends_at"`
}

// WouldGet is one entitlement with the groups that carry it.
type WouldGet struct {
	Target      string   `json:"target"`
	Entitlement string   `json:"entitlement"`
	Groups      []string `json:"groups"`
}

// ViewPerson tells what a person would get under a policy.
func ViewPerson(engine *rules.Engine, s Supposed) Person {
	v := Person{
		User: s.User.UserName, State: s.User.State, At: known(s.At), Attributes: s.User.Attributes,
		Memberships: []WouldHold{}, Refused: s.Decision.Refused, Gains: []string{}, Losses: []string{}, Compared: s.Today != nil,
	}
	if v.Refused == nil {
		v.Refused = []rules.Refusal{}
	}
	carried := map[identity.Entitlement][]string{}
	for _, m := range s.Decision.Memberships {
		g, _ := engine.Group(m.Group)
		v.Memberships = append(v.Memberships, WouldHold{m.Group, g.Risk, m.Causes, known(m.EndsAt)})
		for _, e := range g.Access {
			carried[e] = append(carried[e], m.Group)
		}
	}
	v.Entitlements = make([]WouldGet, 0, len(carried))
	for _, e := range slices.SortedFunc(maps.Keys(carried), identity.CompareEntitlements) {
		v.Entitlements = append(v.Entitlements, WouldGet{e.Target, e.String(), carried[e]})
	}
	if s.Today != nil {
		then, today := groupsOf(s.Decision.Memberships), groupsOf(s.Today.Memberships)
		v.Gains = keepIf(then, func(g string) bool { return !slices.Contains(today, g) })
		v.Losses = keepIf(today, func(g string) bool { return !slices.Contains(then, g) })
	}
	return v
}

// groupsOf are the groups of memberships, which are sorted.
func groupsOf(memberships []identity.Membership) []string {
	out := make([]string, len(memberships))
	for i, m := range memberships {
		out[i] = m.Group
	}
	return slices.Compact(out)
}

// known is a time as programs read it, nil for none.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
