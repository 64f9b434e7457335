package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/app"
	"birthright/identity"
	"birthright/rules/impact"
)

// impactView is what a change would do, as programs see it.
type impactView struct {
	Policy         versionsView      `json:"policy"`
	People         int               `json:"people"`
	Gains          []pairView        `json:"gains"`
	Losses         []pairView        `json:"losses"`
	Groups         []groupImpactView `json:"groups"`
	Targets        []targetView      `json:"targets"`
	Entitlements   []accessView      `json:"entitlements"`
	Constraints    []findingView     `json:"constraints"`
	Properties     []findingView     `json:"properties"`
	NeedlessGrants []needlessView    `json:"needless_grants"`
	EndingGrants   []stoppedView     `json:"ending_grants"`
	FailingGrants  []stoppedView     `json:"failing_grants"`

	gainers, losers int // people
}

// versionsView are the versions of the two policies.
type versionsView struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// pairView is one membership.
type pairView struct {
	User  string `json:"user"`
	Group string `json:"group"`
}

type groupImpactView struct {
	Group    string `json:"group"`
	Risk     string `json:"risk"`
	Gains    int    `json:"gains"`
	Losses   int    `json:"losses"`
	Before   int    `json:"before"`
	After    int    `json:"after"`
	Appears  bool   `json:"appears"`
	Empties  bool   `json:"empties"`
	Vanishes bool   `json:"vanishes"`

	gaining, losing []string // sorted
}

type targetView struct {
	Target  string `json:"target"`
	Adds    int    `json:"adds"`
	Removes int    `json:"removes"`
}

type accessView struct {
	Target      string   `json:"target"`
	Entitlement string   `json:"entitlement"`
	Adds        []string `json:"adds"`
	Removes     []string `json:"removes"`
}

// findingView is a constraint or a property that breaks or mends for somebody.
type findingView struct {
	Name   string          `json:"name"`
	Mode   string          `json:"mode,omitempty"`
	Groups []string        `json:"groups"`
	Breaks []violationView `json:"breaks"`
	Mends  []violationView `json:"mends"`
}

// violationView is one person with the groups against it; of a constraint that is
// enforced, the one that is refused and the one that is kept.
type violationView struct {
	User   string   `json:"user"`
	Groups []string `json:"groups"`
}

type needlessView struct {
	User  string         `json:"user"`
	Group string         `json:"group"`
	Cause identity.Cause `json:"cause"`
}

// stoppedView is a grant that the change ends, or that could not begin after it.
type stoppedView struct {
	needlessView
	Why string `json:"why"`
}

// viewImpact puts names to what was found.
func viewImpact(t app.Tried) impactView {
	v := impactView{
		Policy: versionsView{t.Before, t.After}, People: t.People, Gains: []pairView{}, Losses: []pairView{},
		Groups: make([]groupImpactView, 0, len(t.Groups)), Targets: make([]targetView, 0, len(t.Targets)),
		Entitlements: make([]accessView, 0, len(t.Entitlements)), NeedlessGrants: make([]needlessView, 0, len(t.Needless)),
		Constraints: viewFindings(t, t.Constraints), Properties: viewFindings(t, t.Properties),
		EndingGrants: viewStopped(t, t.Ending), FailingGrants: viewStopped(t, t.Failing),
	}
	gainers, losers := roaring.New(), roaring.New()
	for _, g := range t.Groups {
		view := groupImpactView{
			Group: g.Name, Risk: g.Risk, Gains: int(g.Gains.GetCardinality()), Losses: int(g.Losses.GetCardinality()),
			Before: g.Before, After: g.After, Appears: g.Appears, Empties: g.Empties, Vanishes: g.Vanishes,
			gaining: namesOf(t, g.Gains), losing: namesOf(t, g.Losses),
		}
		v.Gains, v.Losses = pairs(v.Gains, view.gaining, g.Name), pairs(v.Losses, view.losing, g.Name)
		v.Groups = append(v.Groups, view)
		gainers.Or(g.Gains)
		losers.Or(g.Losses)
	}
	v.gainers, v.losers = int(gainers.GetCardinality()), int(losers.GetCardinality())
	slices.SortFunc(v.Gains, comparePairs)
	slices.SortFunc(v.Losses, comparePairs)
	for _, e := range t.Entitlements {
		v.Entitlements = append(v.Entitlements, accessView{e.Target, e.String(), namesOf(t, e.Adds), namesOf(t, e.Removes)})
	}
	for _, target := range t.Targets {
		v.Targets = append(v.Targets, targetView(target))
	}
	for _, g := range t.Needless {
		v.NeedlessGrants = append(v.NeedlessGrants, needlessView{nameOf(t, g.User), g.Group, g.Cause})
	}
	slices.SortStableFunc(v.NeedlessGrants, func(a, b needlessView) int { return comparePairs(pairView{a.User, a.Group}, pairView{b.User, b.Group}) })
	return v
}

func viewStopped(t app.Tried, list []impact.Stopped) []stoppedView {
	out := make([]stoppedView, 0, len(list))
	for _, g := range list {
		out = append(out, stoppedView{needlessView{nameOf(t, g.User), g.Group, g.Cause}, g.Why})
	}
	slices.SortStableFunc(out, func(a, b stoppedView) int { return comparePairs(pairView{a.User, a.Group}, pairView{b.User, b.Group}) })
	return out
}

func comparePairs(a, b pairView) int {
	return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.Group, b.Group))
}

func pairs(into []pairView, names []string, group string) []pairView {
	for _, name := range names {
		into = append(into, pairView{name, group})
	}
	return into
}

func viewFindings(t app.Tried, findings []impact.Finding) []findingView {
	out := make([]findingView, 0, len(findings))
	violations := func(list []impact.Violation) []violationView {
		views := make([]violationView, 0, len(list))
		for _, v := range list {
			views = append(views, violationView{nameOf(t, v.User), v.Groups})
		}
		slices.SortStableFunc(views, func(a, b violationView) int { return cmp.Compare(a.User, b.User) })
		return views
	}
	for _, f := range findings {
		out = append(out, findingView{f.Name, f.Mode, f.Groups, violations(f.Breaks), violations(f.Mends)})
	}
	return out
}

func nameOf(t app.Tried, n uint32) string {
	if name, ok := t.Names[n]; ok {
		return name
	}
	return fmt.Sprintf("#%d", n) // somebody of whom the directory keeps no name
}

func namesOf(t app.Tried, set *roaring.Bitmap) []string {
	out := make([]string, 0, set.GetCardinality())
	for it := set.Iterator(); it.HasNext(); {
		out = append(out, nameOf(t, it.Next()))
	}
	slices.Sort(out)
	return out
}

// changes reports whether anything would.
func (v impactView) changes() bool {
	return len(v.Groups)+len(v.Entitlements)+len(v.Constraints)+len(v.Properties)+len(v.NeedlessGrants)+len(v.EndingGrants)+len(v.FailingGrants) > 0
}

// removals is how many memberships, or entitlements on targets, people would lose.
func (v impactView) removals() (memberships, entitlements int) {
	for _, t := range v.Targets {
		entitlements += t.Removes
	}
	return len(v.Losses), entitlements
}
