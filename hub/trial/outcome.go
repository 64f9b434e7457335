package trial

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules/impact"
)

// Outcome is what a change would do, as programs see it.
type Outcome struct {
	Policy         Versions        `json:"policy"`
	People         int             `json:"people"`
	Gains          []Pair          `json:"gains"`
	Losses         []Pair          `json:"losses"`
	Groups         []GroupOutcome  `json:"groups"`
	Targets        []TargetOutcome `json:"targets"`
	Entitlements   []AccessOutcome `json:"entitlements"`
	Constraints    []Broken        `json:"constraints"`
	Properties     []Broken        `json:"properties"`
	NeedlessGrants []NeedlessGrant `json:"needless_grants"`
	EndingGrants   []StoppedGrant  `json:"ending_grants"`
	FailingGrants  []StoppedGrant  `json:"failing_grants"`
}

// Versions are the versions of the two policies.
type Versions struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// Pair is one membership.
type Pair struct {
	User  string `json:"user"`
	Group string `json:"group"`
}

// GroupOutcome is what becomes of one group.
type GroupOutcome struct {
	Group    string `json:"group"`
	Risk     string `json:"risk"`
	Gains    int    `json:"gains"`
	Losses   int    `json:"losses"`
	Before   int    `json:"before"`
	After    int    `json:"after"`
	Appears  bool   `json:"appears"`
	Empties  bool   `json:"empties"`
	Vanishes bool   `json:"vanishes"`
}

// TargetOutcome is how many entitlements a target gives and takes.
type TargetOutcome struct {
	Target  string `json:"target"`
	Adds    int    `json:"adds"`
	Removes int    `json:"removes"`
}

// AccessOutcome is who gets and loses one entitlement.
type AccessOutcome struct {
	Target      string   `json:"target"`
	Entitlement string   `json:"entitlement"`
	Adds        []string `json:"adds"`
	Removes     []string `json:"removes"`
}

// Broken is a constraint or a property that breaks or mends for somebody.
type Broken struct {
	Name   string      `json:"name"`
	Mode   string      `json:"mode,omitempty"`
	Groups []string    `json:"groups"`
	Breaks []Violation `json:"breaks"`
	Mends  []Violation `json:"mends"`
}

// Violation is one person with the groups against it; of a constraint that is
// enforced, the one that is refused and the one that is kept.
type Violation struct {
	User   string   `json:"user"`
	Groups []string `json:"groups"`
}

// NeedlessGrant is a grant of what rules give anyway.
type NeedlessGrant struct {
	User  string         `json:"user"`
	Group string         `json:"group"`
	Cause identity.Cause `json:"cause"`
}

// StoppedGrant is a grant that the change ends, or that could not begin after it.
type StoppedGrant struct {
	NeedlessGrant
	Why string `json:"why"`
}

// View puts names to what was found.
func View(t Tried) Outcome {
	v := Outcome{
		Policy: Versions{t.Before, t.After}, People: t.People, Gains: []Pair{}, Losses: []Pair{},
		Groups: make([]GroupOutcome, 0, len(t.Groups)), Targets: make([]TargetOutcome, 0, len(t.Targets)),
		Entitlements: make([]AccessOutcome, 0, len(t.Entitlements)), NeedlessGrants: make([]NeedlessGrant, 0, len(t.Needless)),
		Constraints: viewFindings(t, t.Constraints), Properties: viewFindings(t, t.Properties),
		EndingGrants: viewStopped(t, t.Ending), FailingGrants: viewStopped(t, t.Failing),
	}
	for _, g := range t.Groups {
		v.Groups = append(v.Groups, GroupOutcome{
			Group: g.Name, Risk: g.Risk, Gains: int(g.Gains.GetCardinality()), Losses: int(g.Losses.GetCardinality()),
			Before: g.Before, After: g.After, Appears: g.Appears, Empties: g.Empties, Vanishes: g.Vanishes,
		})
		v.Gains, v.Losses = pairs(v.Gains, namesOf(t, g.Gains), g.Name), pairs(v.Losses, namesOf(t, g.Losses), g.Name)
	}
	slices.SortFunc(v.Gains, comparePairs)
	slices.SortFunc(v.Losses, comparePairs)
	for _, e := range t.Entitlements {
		v.Entitlements = append(v.Entitlements, AccessOutcome{e.Target, e.String(), namesOf(t, e.Adds), namesOf(t, e.Removes)})
	}
	for _, target := range t.Targets {
		v.Targets = append(v.Targets, TargetOutcome(target))
	}
	for _, g := range t.Needless {
		v.NeedlessGrants = append(v.NeedlessGrants, NeedlessGrant{nameOf(t, g.User), g.Group, g.Cause})
	}
	slices.SortStableFunc(v.NeedlessGrants, func(a, b NeedlessGrant) int { return comparePairs(Pair{a.User, a.Group}, Pair{b.User, b.Group}) })
	return v
}

func viewStopped(t Tried, list []impact.Stopped) []StoppedGrant {
	out := make([]StoppedGrant, 0, len(list))
	for _, g := range list {
		out = append(out, StoppedGrant{NeedlessGrant{nameOf(t, g.User), g.Group, g.Cause}, g.Why})
	}
	slices.SortStableFunc(out, func(a, b StoppedGrant) int { return comparePairs(Pair{a.User, a.Group}, Pair{b.User, b.Group}) })
	return out
}

func comparePairs(a, b Pair) int {
	return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.Group, b.Group))
}

func pairs(into []Pair, names []string, group string) []Pair {
	for _, name := range names {
		into = append(into, Pair{name, group})
	}
	return into
}

func viewFindings(t Tried, findings []impact.Finding) []Broken {
	out := make([]Broken, 0, len(findings))
	violations := func(list []impact.Violation) []Violation {
		views := make([]Violation, 0, len(list))
		for _, v := range list {
			views = append(views, Violation{nameOf(t, v.User), v.Groups})
		}
		slices.SortStableFunc(views, func(a, b Violation) int { return cmp.Compare(a.User, b.User) })
		return views
	}
	for _, f := range findings {
		out = append(out, Broken{f.Name, f.Mode, f.Groups, violations(f.Breaks), violations(f.Mends)})
	}
	return out
}

func nameOf(t Tried, n uint32) string {
	if name, ok := t.Names[n]; ok {
		return name
	}
	return fmt.Sprintf("#%d", n) // somebody of whom the directory keeps no name
}

func namesOf(t Tried, set *roaring.Bitmap) []string {
	out := make([]string, 0, set.GetCardinality())
	for it := set.Iterator(); it.HasNext(); {
		out = append(out, nameOf(t, it.Next()))
	}
	slices.Sort(out)
	return out
}

// Changes reports whether anything would.
func (v Outcome) Changes() bool {
	return len(v.Groups)+len(v.Entitlements)+len(v.Constraints)+len(v.Properties)+len(v.NeedlessGrants)+len(v.EndingGrants)+len(v.FailingGrants) > 0
}

// Removals is how many memberships, or entitlements on targets, people would lose.
func (v Outcome) Removals() (memberships, entitlements int) {
	for _, t := range v.Targets {
		entitlements += t.Removes
	}
	return len(v.Losses), entitlements
}
