package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"birthright/app"
	"birthright/identity"
	"birthright/rules"
)

// personView is what a supposed person would get, as programs see it.
type personView struct {
	User         string              `json:"user"`
	State        identity.State      `json:"state"`
	At           any                 `json:"at"`
	Attributes   identity.Attributes `json:"attributes"`
	Memberships  []wouldHold         `json:"memberships"`
	Entitlements []wouldGet          `json:"entitlements"`
	Refused      []rules.Refusal     `json:"refused"`
	// Gains and Losses compare with today; there is nothing to compare somebody
	// new with.
	Gains  []string `json:"gains"`
	Losses []string `json:"losses"`

	compared bool
}

type wouldHold struct {
	Group  string           `json:"group"`
	Risk   string           `json:"risk"`
	Causes []identity.Cause `json:"causes"`
	EndsAt any              `json:"ends_at"`
}

// wouldGet is one entitlement with the groups that carry it.
type wouldGet struct {
	Target      string   `json:"target"`
	Entitlement string   `json:"entitlement"`
	Groups      []string `json:"groups"`
}

func viewPerson(engine *rules.Engine, s app.Supposed) personView {
	v := personView{
		User: s.User.UserName, State: s.User.State, At: timeOrNil(s.At), Attributes: s.User.Attributes,
		Memberships: []wouldHold{}, Refused: s.Decision.Refused, Gains: []string{}, Losses: []string{}, compared: s.Today != nil,
	}
	if v.Refused == nil {
		v.Refused = []rules.Refusal{}
	}
	carried := map[identity.Entitlement][]string{}
	for _, m := range s.Decision.Memberships {
		g, _ := engine.Group(m.Group)
		v.Memberships = append(v.Memberships, wouldHold{m.Group, g.Risk, m.Causes, timeOrNil(m.EndsAt)})
		for _, e := range g.Access {
			carried[e] = append(carried[e], m.Group)
		}
	}
	v.Entitlements = make([]wouldGet, 0, len(carried))
	for _, e := range slices.SortedFunc(maps.Keys(carried), identity.CompareEntitlements) {
		v.Entitlements = append(v.Entitlements, wouldGet{e.Target, e.String(), carried[e]})
	}
	if s.Today != nil {
		then, today := groupsOf(s.Decision.Memberships), groupsOf(s.Today.Memberships)
		v.Gains = keepIf(then, func(g string) bool { return !slices.Contains(today, g) })
		v.Losses = keepIf(today, func(g string) bool { return !slices.Contains(then, g) })
	}
	return v
}

// personListing shows what a person would get; as CSV the groups.
func personListing(v personView) listing {
	l := listing{data: v, header: []string{"group", "risk", "because", "ends_at", "change"}}
	for _, m := range v.Memberships {
		change := ""
		if slices.Contains(v.Gains, m.Group) {
			change = "gain"
		}
		l.rows = append(l.rows, []string{m.Group, m.Risk, because(m.Causes), printedTime(m.EndsAt), change})
	}
	for _, g := range v.Losses {
		l.rows = append(l.rows, []string{g, "", "", "", "loss"})
	}
	l.text = personText(v, l)
	return l
}

func personText(v personView, groups listing) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s, would be in %s", v.User, v.State, count(len(v.Memberships), "group", "groups"))
	if v.compared {
		fmt.Fprintf(&b, ": %d more and %d fewer than today", len(v.Gains), len(v.Losses))
	}
	b.WriteString(".\n")
	section := func(header []string, rows [][]string) {
		if len(rows) > 0 {
			b.WriteString("\n")
			_ = printTable(&b, header, rows) // it cannot fail on a text
		}
	}
	section(groups.header, groups.rows)
	var access, refused [][]string
	for _, e := range v.Entitlements {
		access = append(access, []string{e.Target, e.Entitlement, strings.Join(e.Groups, ", ")})
	}
	for _, r := range v.Refused {
		refused = append(refused, []string{r.Group, why(r)})
	}
	section([]string{"target", "entitlement", "through"}, access)
	section([]string{"refused", "because"}, refused)
	return b.String()
}

// printedTime is a time as programs see it, "" for none.
func printedTime(at any) string {
	text, _ := at.(string)
	return text
}

// why says what keeps a group from somebody.
func why(r rules.Refusal) string {
	if r.Kind == rules.RefusedByConstraint {
		return fmt.Sprintf("constraint %s: %s is kept", r.Name, r.Kept)
	}
	if r.Kind == rules.RefusedByReview {
		return fmt.Sprintf("review %s: %s", r.Name, r.Reason)
	}
	text := "exclusion: " + r.Reason
	if !r.Until.IsZero() {
		text += ", until " + timeText(r.Until)
	}
	return text
}
