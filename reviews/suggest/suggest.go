package suggest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules"
	"birthright/rules/population"
)

// Request is one request that was decided on.
type Request struct {
	UserN    int64
	Group    string
	Approved bool
	// Auto is set where nobody had to be asked.
	Auto     bool
	At       time.Time
	Duration time.Duration
}

// Thresholds are what a suggestion must reach.
type Thresholds struct {
	Askers, Requests              int
	Precision, Coverage, Approval float64
}

// Usual are the thresholds where nobody says otherwise.
func Usual() Thresholds {
	return Thresholds{Askers: 5, Requests: 10, Precision: 0.6, Coverage: 0.6, Approval: 0.9}
}

// Readings are what conditions may be about, the more telling ones first.
func Readings() []population.Reading {
	var out []population.Reading
	for _, name := range []string{
		identity.AttrDepartment, identity.AttrTeam, identity.AttrTitle, identity.AttrLocation, identity.AttrEmployeeType,
		identity.AttrCostCenter, identity.AttrDivision, identity.AttrOrganization, identity.AttrManager,
	} {
		out = append(out, population.Reading{Attribute: name})
	}
	return append(out, population.Reading{Kind: population.Groups})
}

// Reader returns an engine that gives nobody anything and reads what readings see:
// for whoever loads the population.
func Reader(readings []population.Reading) (*rules.Engine, error) {
	parts := []string{"false"}
	for _, r := range readings {
		parts = append(parts, Term{r, "x"}.String())
	}
	q, err := rules.CompileCondition(strings.Join(parts, " || "))
	if err != nil {
		return nil, err
	}
	return q.Engine(), nil
}

// Input is what suggestions are made of.
type Input struct {
	Requests []Request
	// Since and until now bound the requests that count.
	Since time.Time
	// Engine is the policy in force. Population are the people, with the columns
	// that Readings names and those of the engine, and World what conditions ask
	// about at the moment; what grants give is left out of it.
	Engine     *rules.Engine
	Population *population.Population
	World      rules.World
	// Readings are what conditions may be about, the more telling ones first.
	Readings []population.Reading
	Thresholds
	// Progress, if set, hears of each group that was looked at.
	Progress func(done, total int)
}

// The kinds of Draft.
const (
	AsRule = "rule"         // the group becomes birthright
	AsAuto = "auto-approve" // its requests are approved without anybody
	AsTerm = "duration"     // its requests last longer
)

// Draft is one suggestion.
type Draft struct {
	Kind  string
	Group identity.Group
	// Name is that of the rule.
	Name  string
	Terms []Term
	Evidence
	// Others are who would gain it and did not ask; of AsAuto, who would not have to
	// wait; Asking are the askers whom the condition is about.
	Others, Asking *roaring.Bitmap
	// Denied are those of Others whose every request was denied.
	Denied *roaring.Bitmap
	// Gains are the memberships that a rule adds: those of Asking and Others.
	Gains int
	// Access is what the group carries, and the groups Around it that its members are
	// in, too. AskedBy are the rules that ask who is in the group.
	Access          []identity.Entitlement
	Around, AskedBy []string
	// Why says why it is no rule; "" for one.
	Why string
	// Default is the usual length that is suggested, Longest the longest one without
	// a decision; zero where the draft is of another kind.
	Default, Longest time.Duration
	// Condition is what is to stand in the policy; Was is the condition under which
	// requests are approved without anybody already.
	Condition, Was string
	// Except is whom a rule must leave out, because properties of the policy guard the
	// group; "" for nobody.
	Except string

	worth int
}

// Evidence is what a draft follows from.
type Evidence struct {
	Since time.Time
	// Requests were decided on, Approved of them approved; by people who could gain it.
	Requests, Approved int
	// Askers are the people who asked and got it at least once.
	Askers int
	// Median is how long it is asked for.
	Median time.Duration
	// Last is when it was asked for last.
	Last time.Time
}

// ApprovalRate is the share of requests that were approved.
func (e Evidence) ApprovalRate() float64 { return share(e.Approved, e.Requests) }

// PerPerson is how often one of the askers asked and got it.
func (e Evidence) PerPerson() float64 { return share(e.Approved, e.Askers) }

// Precision is the share of askers among those whom the condition would add.
func (d *Draft) Precision() float64 { return share(size(d.Asking), size(d.Asking)+size(d.Others)) }

// Coverage is the share of the askers whom the condition is about.
func (d *Draft) Coverage() float64 { return share(size(d.Asking), d.Askers) }

// Targets are the systems on which the group gives something, sorted.
func (d *Draft) Targets() []string {
	var out []string
	for _, e := range d.Access {
		out = append(out, e.Target)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func size(set *roaring.Bitmap) int { return int(set.GetCardinality()) }

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// LeftOut is a group that is asked for often enough and about which nothing is
// suggested.
type LeftOut struct {
	Group  string
	Reason string
	Evidence
}

// Report is what was found.
type Report struct {
	// Drafts are sorted by worth: how many approved requests would not have been needed.
	Drafts []Draft
	// LeftOut are sorted by group.
	LeftOut []LeftOut
	// Requests and Groups are how many were looked at.
	Requests, Groups int
}

// Suggest finds what people with something in common ask for again and again.
func Suggest(in Input) Report {
	l := learner{Input: in, asked: tallied(in)}
	l.hold()
	out := Report{Groups: len(l.asked)}
	for i, name := range sortedKeys(l.asked) {
		out.Requests += len(l.asked[name])
		if draft, left := l.group(name); draft != nil {
			out.Drafts = append(out.Drafts, *draft)
		} else if left != nil {
			out.LeftOut = append(out.LeftOut, *left)
		}
		if in.Progress != nil {
			in.Progress(i+1, len(l.asked))
		}
	}
	slices.SortFunc(out.Drafts, func(a, b Draft) int {
		return cmp.Or(cmp.Compare(b.worth, a.worth), cmp.Compare(b.Precision(), a.Precision()), cmp.Compare(a.Group.Name, b.Group.Name))
	})
	l.together(&out)
	return out
}

// learner is one run.
type learner struct {
	Input
	asked    map[string][]Request
	everyone *rules.Everyone // who holds what by birthright, of what matters here
	excluded map[string]*roaring.Bitmap
}

// group looks at one group; both results are nil where it is not asked for enough.
func (l *learner) group(name string) (*Draft, *LeftOut) {
	g, known := l.Engine.Group(name)
	if !known {
		return nil, nil
	}
	kind, why := kindFor(g)
	p := l.pool(name, kind)
	c := l.count(l.asked[name], p.could, kind)
	if !l.enough(c.Evidence) {
		return nil, nil
	}
	left := func(reason string, args ...any) (*Draft, *LeftOut) {
		return nil, &LeftOut{Group: name, Reason: fmt.Sprintf(reason, args...), Evidence: c.Evidence}
	}
	if p.reason != "" {
		return left("%s", p.reason)
	}
	if kind != AsRule {
		if reason := l.unchangeable(name); reason != "" {
			return left("%s", reason)
		}
	}
	found, ok := l.search(c.askers, p)
	if !ok {
		return left("those who ask have too little in common: no condition of up to %d terms keeps precision and coverage", mostTerms)
	}
	d := l.draft(g, found, c)
	d.Kind, d.Why, d.Except = kind, why, either(p.except)
	if reason := l.fill(&d); reason != "" {
		return left("%s", reason)
	}
	return &d, nil
}

func (l *learner) enough(e Evidence) bool {
	return e.Requests >= l.Thresholds.Requests && e.Askers >= max(l.Thresholds.Askers, 1) && e.ApprovalRate() >= l.Approval
}

// kindFor says what may be suggested for a group, and why it is no rule.
func kindFor(g identity.Group) (kind, why string) {
	switch {
	case g.Risk == "critical":
		return AsTerm, "its risk is critical: nobody should have it standing, or without a decision; it can last longer"
	case g.Risk == "high":
		return AsAuto, "its risk is high: nobody should have it standing; who asks for it again and again need not wait for an answer"
	case g.NoStanding:
		return AsAuto, "the policy says standing: never; who asks for it again and again need not wait for an answer"
	}
	return AsRule, ""
}

// unchangeable says why the request of a group cannot be changed by a draft.
func (l *learner) unchangeable(group string) string {
	switch {
	case !slices.Contains(l.Engine.GroupNames(), group):
		return "the policy does not spell it out: give the group an entry of its own to change how it is asked for"
	case l.Engine.Request(group) == nil:
		return "it cannot be asked for any more"
	}
	return ""
}

// draft puts together what was found.
func (l *learner) draft(g identity.Group, found match, c counted) Draft {
	asking := roaring.And(found.users, c.askers)
	d := Draft{
		Group: g, Name: l.ruleName(g.Name), Terms: found.terms, Evidence: c.Evidence,
		Asking: asking, Others: roaring.AndNot(found.users, c.askers), Condition: conjunction(found.terms),
		Around: l.Engine.View().Around(g.Name), AskedBy: l.askers(g.Name),
	}
	d.Denied = roaring.And(d.Others, c.denied)
	for it := asking.Iterator(); it.HasNext(); {
		d.worth += c.got[it.Next()]
	}
	for _, name := range append([]string{g.Name}, d.Around...) {
		carrier, _ := l.Engine.Group(name)
		d.Access = append(d.Access, carrier.Access...)
	}
	slices.SortFunc(d.Access, identity.CompareEntitlements)
	d.Access = slices.Compact(d.Access)
	return d
}

// fill completes a draft by its kind, or says why there is none.
func (l *learner) fill(d *Draft) string {
	if d.Kind == AsRule {
		d.Gains = size(d.Asking) + size(d.Others)
		return ""
	}
	r := l.Engine.Request(d.Group.Name)
	if d.Kind == AsAuto {
		d.Longest, d.Was = min(max(d.Median, r.Usual()), r.Longest()), strings.TrimSpace(r.AutoApprove.Source)
		return ""
	}
	d.Default = min(max(d.Median, 2*r.Usual()), r.Longest())
	if d.Default <= r.Usual() {
		return "its risk is critical, and its requests last as long as they may already"
	}
	return ""
}

// either joins conditions of which one must hold.
func either(conditions []string) string {
	if len(conditions) < 2 {
		return strings.Join(conditions, "")
	}
	return "(" + strings.Join(conditions, ") || (") + ")"
}

// ruleName is a name that no rule has.
func (l *learner) ruleName(group string) string {
	name := "suggested-" + group
	for i := 2; ; i++ {
		if _, taken := l.Engine.Rule(name); !taken {
			return name
		}
		name = fmt.Sprintf("suggested-%s-%d", group, i)
	}
}

// askers are the rules that ask who is in a group.
func (l *learner) askers(group string) []string { return asksFor(l.Engine, group) }

// asksFor returns the rules that ask who is in a group, or in one around it, in the
// order of the policy.
func asksFor(e *rules.Engine, group string) []string {
	var out []string
	unit := append([]string{group}, e.View().Around(group)...)
	of := func(asked string) bool { return slices.Contains(unit, asked) }
	list := e.Policy().Rules
	for i := range list {
		if slices.ContainsFunc(list[i].When.Groups, of) || slices.ContainsFunc(list[i].Except.Groups, of) {
			out = append(out, list[i].Name)
		}
	}
	return out
}
