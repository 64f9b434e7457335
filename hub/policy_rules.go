package hub

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/rights"
	"birthright/rules"
)

// PolicyRule is a rule as a list of them has it.
type PolicyRule struct {
	Name        string         `json:"name"`
	Description string         `json:"description"`
	Owner       string         `json:"owner"`
	When        string         `json:"when"`
	Except      string         `json:"except"`
	Groups      []string       `json:"groups" nullable:"false" doc:"as they are written, with placeholders"`
	Position    rules.Position `json:"position"`
	InForce     bool           `json:"in_force"`
	ValidFrom   *time.Time     `json:"valid_from"`
	ValidUntil  *time.Time     `json:"valid_until"`
	// Members is of how many active people the rule holds.
	Members int `json:"members"`
	at      int
}

// RuleQuery selects rules.
type RuleQuery struct {
	// Search is found anywhere in name, description, owner, condition or groups, in any
	// letter case.
	Search string
	After  string // Next of the page before
	Limit  int    // 0 for all
}

// RuleMember is somebody of whom a rule holds.
type RuleMember struct {
	User        string         `json:"user"`
	DisplayName string         `json:"display_name"`
	Department  string         `json:"department"`
	Team        string         `json:"team"`
	State       identity.State `json:"state"`
	n           int64
}

// RuleMembers is a page of those of whom a rule holds, and how many there are in all.
type RuleMembers struct {
	Page[RuleMember]
	Total int `json:"total"`
}

// PolicyRules lists the rules of the policy in force, in its order. People are counted
// for the rules on the page alone.
func (h *Hub) PolicyRules(ctx context.Context, a approval.Actor, q RuleQuery) (out Page[PolicyRule], err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadPolicy, rights.Relation{}); err != nil {
			return err
		}
		after, err := number(q.After)
		if err != nil {
			return err
		}
		e := h.Policy().Engine
		var found []PolicyRule
		list := e.Policy().Rules
		for i := int(after); i < len(list) && (q.Limit == 0 || len(found) <= q.Limit); i++ {
			if mentions(&list[i], q.Search) {
				found = append(found, viewRule(&list[i], i, s.tx.Now()))
			}
		}
		out = pageOf(found, q.Limit, func(r PolicyRule) string { return strconv.Itoa(r.at + 1) })
		return s.countMembers(e, out.Items)
	})
	return out, err
}

func mentions(r *rules.Rule, text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	whole := strings.Join(append([]string{r.Name, r.Description, r.Owner, r.When.Source, r.Except.Source}, r.Groups...), "\n")
	return strings.Contains(strings.ToLower(whole), text)
}

func viewRule(r *rules.Rule, at int, now time.Time) PolicyRule {
	return PolicyRule{
		Name: r.Name, Description: r.Description, Owner: r.Owner, When: strings.TrimSpace(r.When.Source), Except: strings.TrimSpace(r.Except.Source),
		Groups: r.Groups, Position: r.Position, InForce: !now.Before(r.ValidFrom) && (r.ValidUntil.IsZero() || now.Before(r.ValidUntil)),
		ValidFrom: instant(r.ValidFrom), ValidUntil: instant(r.ValidUntil), at: at,
	}
}

func (s *session) countMembers(e *rules.Engine, list []PolicyRule) error {
	if len(list) == 0 {
		return nil
	}
	crowd, err := s.ready(typing)(s.ctx, s.tx, e)
	if err != nil {
		return err
	}
	for i := range list {
		holds, _ := e.Holding(list[i].Name, crowd.Population, crowd.World)
		list[i].Members = int(holds.GetCardinality())
	}
	return nil
}

// RuleMembers lists the active people of whom a rule holds, by their number.
func (h *Hub) RuleMembers(ctx context.Context, a approval.Actor, rule, after string, limit int) (out RuleMembers, err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadPolicy, rights.Relation{}); err != nil {
			return err
		}
		behind, err := number(after)
		if err != nil {
			return err
		}
		e := h.Policy().Engine
		if _, known := e.Rule(rule); !known {
			return noRule(e, rule)
		}
		crowd, err := h.ready(typing)(ctx, s.tx, e)
		if err != nil {
			return err
		}
		holds, _ := e.Holding(rule, crowd.Population, crowd.World)
		out.Total = int(holds.GetCardinality())
		out.Page, err = s.members(holds, behind, limit)
		return err
	})
	return out, err
}

// members is a page of the people of a set, by number.
func (s *session) members(set *roaring.Bitmap, behind int64, limit int) (Page[RuleMember], error) {
	users, err := s.tx.BareUsers(s.ctx, firstBehind(set, behind, more(limit)))
	if err != nil {
		return Page[RuleMember]{}, err
	}
	list := make([]RuleMember, len(users))
	for i, u := range users {
		list[i] = RuleMember{
			User: u.UserName, DisplayName: u.Attributes.First(identity.AttrDisplayName), Department: u.Attributes.First(identity.AttrDepartment),
			Team: u.Attributes.First(identity.AttrTeam), State: u.State, n: u.N,
		}
	}
	return pageOf(list, limit, func(m RuleMember) string { return strconv.FormatInt(m.n, 10) }), nil
}

// firstBehind are the first numbers of a set behind one; a limit of 0 is no bound.
func firstBehind(set *roaring.Bitmap, behind int64, limit int) []int64 {
	var ns []int64
	it := set.Iterator()
	it.AdvanceIfNeeded(uint32(min(behind+1, int64(^uint32(0)))))
	for it.HasNext() && (limit == 0 || len(ns) < limit) {
		ns = append(ns, int64(it.Next()))
	}
	return ns
}
