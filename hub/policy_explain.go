package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/internal/strictyaml"
	"birthright/reconcile"
	"birthright/rights"
	"birthright/rules"
)

// Reaches is the answer about a name: a group, some rules, or both.
type Reaches struct {
	Name  string      `json:"name"`
	Group *GroupReach `json:"group"`
	Rules []RuleReach `json:"rules"`
}

// GroupReach is how many people are in a group.
type GroupReach struct {
	Group  string `json:"group"`
	Title  string `json:"title"`
	People int    `json:"people"`
}

// RuleReach is whom a rule is about.
type RuleReach struct {
	Rule        string        `json:"rule"`
	Position    string        `json:"position"`
	Description string        `json:"description"`
	Owner       string        `json:"owner"`
	InForce     bool          `json:"in_force"`
	ValidFrom   *time.Time    `json:"valid_from"`
	ValidUntil  *time.Time    `json:"valid_until"`
	Clauses     []ClauseReach `json:"clauses"`
	Except      *ClauseReach  `json:"except"`
	// People is of how many the rule holds, Users are the names of the first of them.
	People int       `json:"people"`
	Users  []string  `json:"users"`
	Groups []GivenTo `json:"groups"`
}

// ClauseReach is of how many people a clause holds, and of how many it and all before
// it do.
type ClauseReach struct {
	Clause string `json:"clause"`
	People int    `json:"people"`
	Left   int    `json:"left"`
	// OneByOne is set where the clause is asked about each person.
	OneByOne bool `json:"one_by_one"`
}

// GivenTo is how many people a rule gives a group.
type GivenTo struct {
	Group  string `json:"group"`
	People int    `json:"people"`
}

// ConditionReach is of whom a condition holds that is in no rule yet.
type ConditionReach struct {
	Condition string   `json:"condition"`
	People    int      `json:"people"`
	Users     []string `json:"users"`
}

// ExplainPolicy says whom a rule is about, or who is in a group because of which rules;
// limit bounds the people that are named of each, 0 names all.
func (h *Hub) ExplainPolicy(ctx context.Context, a approval.Actor, name string, limit int) (out Reaches, err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadPolicy, rights.Relation{}); err != nil {
			return err
		}
		e := h.Policy().Engine
		if err := knownInPolicy(e, name); err != nil {
			return err
		}
		crowd, err := h.ready(0)(ctx, s.tx, e)
		if err != nil {
			return err
		}
		out, err = s.reaches(e, crowd, name, limit)
		return err
	})
	return out, err
}

// ExplainCondition says of whom a condition holds.
func (h *Hub) ExplainCondition(ctx context.Context, a approval.Actor, condition string, limit int) (out ConditionReach, err error) {
	q, err := rules.CompileCondition(condition)
	if err != nil {
		return out, &identity.Error{Kind: identity.Invalid, Field: "when", Op: "condition " + condition, Err: err}
	}
	out.Condition = condition
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadPolicy, rights.Relation{}); err != nil {
			return err
		}
		e := h.Policy().Engine
		crowd, err := h.ready(0)(ctx, s.tx, e, q.Engine())
		if err != nil {
			return err
		}
		asked := e.Groups(q.Groups(), crowd.Population, crowd.World)
		set := q.Matches(crowd.Population, crowd.World, func(group string) *roaring.Bitmap { return asked.Users(group) })
		out.People = int(set.GetCardinality())
		out.Users, err = s.userNames(set, limit)
		return err
	})
	return out, err
}

// knownInPolicy refuses what is neither a rule nor a group.
func knownInPolicy(e *rules.Engine, name string) error {
	_, rule := e.Rule(name)
	if _, group := e.Group(name); rule || group {
		return nil
	}
	hint := "`birthright group list` shows the groups"
	if near := strictyaml.Nearest(name, slices.Concat(e.RuleNames(), e.GroupNames())); near != "" {
		hint = "did you mean " + near + "?"
	}
	return &identity.Error{Kind: identity.NotFound, Op: "explain", Object: name, Err: errors.New("there is no rule and no group of that name"), Hint: hint}
}

// reaches answers about a rule, or about a group and every rule that gives it.
func (s *session) reaches(e *rules.Engine, crowd reconcile.Crowd, name string, limit int) (Reaches, error) {
	out := Reaches{Name: name, Rules: []RuleReach{}}
	names := e.RulesGiving(name)
	if _, ok := e.Rule(name); ok && !slices.Contains(names, name) {
		names = append([]string{name}, names...)
	}
	everyone := e.Everyone(crowd.Population, crowd.World)
	if g, ok := e.Group(name); ok {
		out.Group = &GroupReach{Group: name, Title: g.Title, People: int(everyone.Users(name).GetCardinality())}
	}
	for _, rule := range names {
		r, _ := e.Reach(rule, crowd.Population, crowd.World, everyone)
		users, err := s.userNames(r.Holds, limit)
		if err != nil {
			return out, err
		}
		out.Rules = append(out.Rules, viewReach(r, users))
	}
	return out, nil
}

// userNames returns the names of the first users of a set, all where limit is 0.
func (s *session) userNames(set *roaring.Bitmap, limit int) ([]string, error) {
	var ns []int64
	for it := set.Iterator(); it.HasNext() && (limit <= 0 || len(ns) < limit); {
		ns = append(ns, int64(it.Next()))
	}
	users, err := s.tx.BareUsers(s.ctx, ns)
	names := make([]string, len(users))
	for i, u := range users {
		names[i] = u.UserName
	}
	slices.Sort(names)
	return names, err
}

func viewReach(r rules.Reach, users []string) RuleReach {
	out := RuleReach{
		Rule: r.Rule.Name, Position: r.Rule.Position.String(), Description: r.Rule.Description, Owner: r.Rule.Owner, InForce: r.InForce,
		ValidFrom: instant(r.Rule.ValidFrom), ValidUntil: instant(r.Rule.ValidUntil),
		Clauses: []ClauseReach{}, People: int(r.Holds.GetCardinality()), Users: users, Groups: []GivenTo{},
	}
	for _, c := range r.Clauses {
		out.Clauses = append(out.Clauses, ClauseReach{c.Text, c.Holds, c.Left, c.Each})
	}
	if r.Except != nil {
		out.Except = &ClauseReach{r.Except.Text, r.Except.Holds, r.Except.Left, r.Except.Each}
	}
	for _, g := range r.Groups {
		out.Groups = append(out.Groups, GivenTo{g.Group, g.Gets})
	}
	return out
}

// noRule says that a policy has no rule of a name.
func noRule(e *rules.Engine, name string) error {
	hint := ""
	if near := strictyaml.Nearest(name, e.RuleNames()); near != "" {
		hint = "did you mean " + near + "?"
	}
	return &identity.Error{Kind: identity.NotFound, Err: fmt.Errorf("there is no rule %q", name), Hint: hint}
}
