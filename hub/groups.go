package hub

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/identity"
	"birthright/rights"
	"birthright/rules"
	"birthright/store"
)

// Group is a group as the policy in force has it, and how many are in it.
type Group struct {
	Name        string   `json:"name"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Owners      []string `json:"owners" nullable:"false"`
	Risk        string   `json:"risk"`
	Standing    string   `json:"standing" doc:"birthright, or never"`
	Access      []string `json:"access" nullable:"false"`
	Members     int      `json:"members"`
	Defined     bool     `json:"defined" doc:"by the policy in force"`
	Rule        string   `json:"rule,omitempty"`
	rules.Surroundings
}

// GroupQuery selects groups, by name. Empty fields do not filter.
type GroupQuery struct {
	// Search is found in the name, and in title and description where the policy spells
	// the group out.
	Search string
	After  string // Next of the page before
	Limit  int    // 0 for all
}

// Groups lists the groups that the policy spells out and those that rules made and that
// have members.
func (h *Hub) Groups(ctx context.Context, a approval.Actor, q GroupQuery) (out Page[Group], err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadGroup, rights.Relation{}); err != nil {
			return err
		}
		names, err := s.groupNames(q)
		if err != nil {
			return err
		}
		counts, _, err := s.membersOf(names)
		if err != nil {
			return err
		}
		engine := h.Engine()
		views := make([]Group, len(names))
		for i, name := range names {
			views[i] = viewGroup(engine, name, counts[name])
		}
		out = pageOf(views, q.Limit, func(g Group) string { return g.Name })
		return nil
	})
	return out, err
}

// groupNames returns the names of a page, and one more.
func (s *session) groupNames(q GroupQuery) ([]string, error) {
	engine := s.Engine()
	text := strings.ToLower(q.Search)
	var names []string
	for _, name := range engine.GroupNames() {
		if name <= q.After && q.After != "" {
			continue
		}
		g, _ := engine.Group(name)
		if text == "" || strings.Contains(strings.ToLower(name+"\n"+g.Title+"\n"+g.Description), text) {
			names = append(names, name)
		}
	}
	made, err := s.tx.PeopledGroups(s.ctx, q.After, q.Search, more(q.Limit))
	names = append(names, made...)
	slices.Sort(names)
	names = slices.Compact(names)
	if most := more(q.Limit); most > 0 {
		names = names[:min(most, len(names))]
	}
	return names, err
}

// membersOf counts the members of some groups, by name and by causes.
func (s *session) membersOf(names []string) (map[string]int, []store.CauseCount, error) {
	numbers, err := s.tx.GroupNumbers(s.ctx, names, false)
	if err != nil {
		return nil, nil, err
	}
	byN, ns := make(map[int64]string, len(numbers)), make([]int64, 0, len(numbers))
	for name, n := range numbers {
		byN[n], ns = name, append(ns, n)
	}
	slices.Sort(ns)
	counts, err := s.tx.CountsByCauses(s.ctx, ns)
	out := make(map[string]int, len(numbers))
	for _, c := range counts {
		out[byN[c.GroupN]] += c.Members
	}
	return out, counts, err
}

// viewGroup is a group as the policy has it.
func viewGroup(engine *rules.Engine, name string, members int) Group {
	g, ok := engine.Group(name)
	v := Group{
		Name: name, Title: g.Title, Description: g.Description, Owners: g.Owners, Risk: g.Risk,
		Standing: "birthright", Access: []string{}, Members: members, Defined: ok, Rule: g.Rule,
		Surroundings: engine.Surroundings(name),
	}
	if g.NoStanding {
		v.Standing = "never"
	}
	if v.Owners == nil {
		v.Owners = []string{}
	}
	for _, e := range g.Access {
		v.Access = append(v.Access, e.String())
	}
	return v
}

// GroupDetail is a group with how it is asked for, and what its members are in it by.
type GroupDetail struct {
	Group
	Request *HowAsked `json:"request" doc:"null where it cannot be asked for"`
	// By counts members by cause: whoever is in it by two is counted for both. It is for
	// those who may see the members.
	By         []CauseShare `json:"by" nullable:"false"`
	OpenGrants int          `json:"open_grants"`
	// MayList tells that the caller may see who is in it.
	MayList bool `json:"may_list_members"`
}

// HowAsked is how a group can be asked for.
type HowAsked struct {
	DefaultSeconds int64    `json:"default_seconds"`
	MaxSeconds     int64    `json:"max_seconds"`
	Requires       []string `json:"requires" nullable:"false"`
	Approval       string   `json:"approval" doc:"how it is decided, in words"`
	BreakGlass     bool     `json:"break_glass"`
}

// CauseShare is how many are in a group by one cause; all grants are one.
type CauseShare struct {
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	Members int    `json:"members"`
}

// Group returns one group.
func (h *Hub) Group(ctx context.Context, a approval.Actor, name string) (out GroupDetail, err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadGroup, rights.Relation{}); err != nil {
			return err
		}
		counts, causes, err := s.membersOf([]string{name})
		if err != nil {
			return err
		}
		engine := h.Engine()
		out = GroupDetail{Group: viewGroup(engine, name, counts[name]), By: []CauseShare{}, Request: howAsked(engine.Request(name))}
		if !out.Defined && out.Members == 0 {
			return noGroup(name)
		}
		if out.MayList = s.mayList(name) == nil; !out.MayList {
			return nil
		}
		if out.By, err = s.shares(causes); err != nil {
			return err
		}
		open, err := s.tx.Grants(ctx, store.GrantFilter{Group: name, Open: true})
		out.OpenGrants = len(open)
		return err
	})
	return out, err
}

func (s *session) mayList(group string) error {
	return s.may(rights.ListMembers, rights.Relation{Owner: s.Owns(group)})
}

func howAsked(r *rules.Request) *HowAsked {
	if r == nil {
		return nil
	}
	return &HowAsked{
		DefaultSeconds: int64(r.Usual().Seconds()), MaxSeconds: int64(r.Longest().Seconds()), Requires: append([]string{}, r.Require...),
		Approval: desk.HowDecided(r), BreakGlass: r.BreakGlass != nil,
	}
}

// shares adds up lists of causes by cause, those of most members first.
func (s *session) shares(counts []store.CauseCount) ([]CauseShare, error) {
	ns := make([]int64, len(counts))
	for i, c := range counts {
		ns[i] = c.CausesN
	}
	lists, err := s.tx.CauseSetsByN(s.ctx, ns)
	if err != nil {
		return nil, err
	}
	by := map[identity.Cause]int{}
	for _, c := range counts {
		told := map[identity.Cause]bool{}
		for _, cause := range lists[c.CausesN] {
			if cause.Kind == identity.CauseGrant {
				cause = identity.Cause{Kind: cause.Kind}
			}
			if !told[cause] {
				told[cause] = true
				by[cause] += c.Members
			}
		}
	}
	out := []CauseShare{}
	for cause, members := range by {
		out = append(out, CauseShare{cause.Kind, cause.Name, members})
	}
	slices.SortFunc(out, func(a, b CauseShare) int {
		return cmp.Or(cmp.Compare(b.Members, a.Members), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return out, nil
}

func noGroup(name string) error {
	return &identity.Error{
		Kind: identity.NotFound, Op: "find group", Object: name, Err: errors.New("there is no such group"),
		Hint: "`birthright group list` shows them",
	}
}
