package desk

import (
	"maps"
	"slices"

	"birthright/reviews"
	"birthright/reviews/campaign"
	"birthright/store"
)

// about is the data of every notice of a campaign.
func about(c *reviews.Campaign, more map[string]any) map[string]any {
	data := map[string]any{"campaign": c.ID, "name": c.Name, "kind": c.Kind, "due": c.Due, "close_at": c.CloseAt, "end": c.End}
	maps.Copy(data, more)
	return data
}

// tell notes what some people are to be told, all the same.
func (s *session) tell(kind string, c *reviews.Campaign, users []int64, more map[string]any) error {
	if len(users) == 0 {
		return nil
	}
	return s.tx.AddNotices(s.ctx, []store.NoticeRow{{Kind: kind, Users: users, Data: about(c, more)}})
}

// tellEach notes for everybody how many items wait for them. Who is away is told by who
// decides in their place.
func (s *session) tellEach(kind string, c *reviews.Campaign, loads map[int64]int, more map[string]any) error {
	var rows []store.NoticeRow
	delegates, err := s.delegates()
	if err != nil || len(loads) == 0 {
		return err
	}
	for _, n := range slices.Sorted(maps.Keys(loads)) {
		if loads[n] > 0 {
			data := about(c, more)
			data["items"] = loads[n]
			rows = append(rows, store.NoticeRow{Kind: kind, Users: append([]int64{n}, delegates[n]...), Data: data})
		}
	}
	return s.tx.AddNotices(s.ctx, rows)
}

// askedBy are the people whom terms name now.
func (s *session) askedBy(c *reviews.Campaign, terms ...string) []int64 {
	only := &reviews.Campaign{Stages: []reviews.Stage{{Reviewers: terms}}, Owner: c.Owner}
	people, _ := campaign.Asked(campaign.Chain(only, 0, campaign.About{}, s.Admins, s), 0, s)
	return people
}

// delegates are who decides at present in whose place.
func (s *session) delegates() (map[int64][]int64, error) {
	all, err := s.tx.Delegations(s.ctx)
	out := map[int64][]int64{}
	for i := range all {
		if d := &all[i]; d.Holds(s.now) {
			out[d.FromN] = append(out[d.FromN], d.ToN)
		}
	}
	return out, err
}
