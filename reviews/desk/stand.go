package desk

import (
	"slices"

	"birthright/grants/approval"
	"birthright/reviews"
	"birthright/reviews/campaign"
)

// stand says whether the actor may decide on an item now, and in whose place. The word
// of the operator of the machine is enough.
func (s *session) stand(c *reviews.Campaign, item *reviews.Item) approval.Standing {
	if s.Actor.Operator {
		return approval.Standing{For: []int64{0}}
	}
	if s.Actor.UserN == 0 {
		return approval.Standing{Why: "it is not for you to decide"}
	}
	p, err := s.panel(item.PanelN)
	if err != nil {
		return approval.Standing{Why: err.Error()}
	}
	m := campaign.Matter{UserN: item.UserN, Rungs: p.Rungs, Late: c.Escalated(s.now)}
	return m.Stand(s.Actor.UserN, s)
}

func (s *session) panel(n int64) (reviews.Panel, error) {
	if p, known := s.panels[n]; known {
		return p, nil
	}
	found, err := s.tx.PanelsByN(s.ctx, []int64{n})
	if err != nil || len(found) == 0 {
		return reviews.Panel{}, err
	}
	s.panels[n] = found[0]
	return found[0], nil
}

// voices are those for whom a user decides: themselves, and those who handed over.
func (s *session) voices(n int64) []int64 { return append([]int64{n}, s.Principals(n)...) }

// memberships returns which of the memberships that items are about are there.
func (s *session) memberships(items []reviews.Item) (map[membership]bool, error) {
	var users []int64
	var groups []string
	for i := range items {
		if items[i].Group != "" {
			users, groups = append(users, items[i].UserN), append(groups, items[i].Group)
		}
	}
	slices.Sort(groups)
	numbers, err := s.tx.GroupNumbers(s.ctx, slices.Compact(groups), false)
	if err != nil {
		return nil, err
	}
	rows, err := s.tx.MembershipsOfUsers(s.ctx, distinct(users))
	there := make(map[[2]int64]bool, len(rows))
	for i := range rows {
		there[[2]int64{rows[i].UserN, rows[i].GroupN}] = true
	}
	out := map[membership]bool{}
	for i := range items {
		if n := numbers[items[i].Group]; n != 0 && there[[2]int64{items[i].UserN, n}] {
			out[membership{items[i].UserN, items[i].Group}] = true
		}
	}
	return out, err
}
