package desk

import (
	"fmt"
	"slices"
	"time"

	"birthright/identity"
	"birthright/reviews"
)

func errNoUser(name string) error { return fmt.Errorf("there is no user %q", name) }

// describeItems shows items as the actor sees them.
func (s *session) describeItems(items []reviews.Item) ([]Item, error) {
	ns := make([]int64, len(items))
	var panelNs []int64
	for i := range items {
		ns[i] = items[i].N
		panelNs = append(panelNs, items[i].PanelN)
	}
	said, err := s.tx.DecisionsOn(s.ctx, ns)
	if err != nil {
		return nil, err
	}
	byItem := map[int64][]reviews.Decision{}
	for _, d := range said {
		byItem[d.ItemN] = append(byItem[d.ItemN], d)
	}
	if err := s.meet(items, panelNs); err != nil {
		return nil, err
	}
	asked, err := s.askedNames(panelNs)
	if err != nil {
		return nil, err
	}
	campaigns := map[int64]*reviews.Campaign{}
	out := make([]Item, len(items))
	for i := range items {
		c := campaigns[items[i].CampaignN]
		if c == nil {
			found, err := s.tx.CampaignByID(s.ctx, items[i].Campaign)
			if err != nil {
				return nil, err
			}
			c, campaigns[items[i].CampaignN] = &found, &found
		}
		out[i] = s.describeItem(c, items[i], asked[items[i].PanelN])
		out[i].Decided = byItem[items[i].N]
	}
	return out, s.Or(nil)
}

// meet looks up who items are about, and their panels, all at once.
func (s *session) meet(items []reviews.Item, panelNs []int64) error {
	users := make([]int64, 0, len(items))
	for i := range items {
		if n := items[i].UserN; !identity.IsStranger(n) {
			users = append(users, n)
		}
	}
	if err := s.Meet(distinct(users)); err != nil {
		return err
	}
	found, err := s.tx.PanelsByN(s.ctx, distinct(panelNs))
	for _, p := range found {
		s.panels[p.N] = p
	}
	return err
}

func (s *session) describeItem(c *reviews.Campaign, item reviews.Item, asked map[int64]string) Item {
	out := Item{Item: item, State: item.State(), Name: item.User, Reviewers: []string{}}
	if u, known := s.User(item.UserN); known {
		out.Name, out.UserState = u.UserName, string(u.State)
	} else if !identity.IsStranger(item.UserN) {
		out.UserState = string(identity.Left)
	}
	if item.Outcome == "" {
		for n, name := range asked {
			if n != item.UserN {
				out.Reviewers = append(out.Reviewers, name)
			}
		}
		slices.Sort(out.Reviewers)
	}
	stand := s.stand(c, &item)
	out.Mine, out.Why = len(stand.For) > 0 && c.Decides(s.now) && item.Outcome != reviews.Void, stand.Why
	if !c.Decides(s.now) {
		out.Why = "the campaign is closed since " + closedAt(c).Format(time.DateOnly)
	}
	return out
}

// askedNames returns whom panels name, by panel and number.
func (s *session) askedNames(panelNs []int64) (map[int64]map[int64]string, error) {
	rows, err := s.tx.ReviewersOf(s.ctx, distinct(panelNs))
	if err != nil {
		return nil, err
	}
	reviewers := make([]int64, len(rows))
	for i, r := range rows {
		reviewers[i] = r.UserN
	}
	err = s.Meet(distinct(reviewers))
	out := map[int64]map[int64]string{}
	for _, r := range rows {
		if out[r.PanelN] == nil {
			out[r.PanelN] = map[int64]string{}
		}
		if u, known := s.User(r.UserN); known {
			out[r.PanelN][r.UserN] = u.UserName
		}
	}
	return out, err
}
