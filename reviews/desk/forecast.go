package desk

import (
	"cmp"
	"slices"

	"birthright/reviews"
	"birthright/reviews/campaign"
)

// someNames bounds how many people a preview names who would lose one thing.
const someNames = 10

// forecast says what a draft comes to.
func (s *session) forecast(c *reviews.Campaign, draft *campaign.Draft, warnings []string) Forecast {
	f := Forecast{
		Items: len(draft.Items), Nobody: draft.Nobody, Own: draft.Own, Advice: map[string]int{},
		Reviewers: []Load{}, Undecided: []Loss{}, Warnings: append([]string{}, warnings...),
	}
	people := map[int64]bool{}
	for i := range draft.Items {
		people[draft.Items[i].UserN] = true
		f.Advice[draft.Items[i].Advice]++
	}
	f.People = len(people)
	for n, count := range loadsOf(draft) {
		if count > 0 {
			f.Reviewers = append(f.Reviewers, Load{s.nameOf(n, draft.People), count})
		}
	}
	slices.SortFunc(f.Reviewers, func(a, b Load) int { return cmp.Or(cmp.Compare(b.Items, a.Items), cmp.Compare(a.User, b.User)) })
	if c.End == reviews.EndRevoke {
		f.Undecided = losses(draft)
	}
	return f
}

// nameOf is what a user is called.
func (s *session) nameOf(n int64, people *campaign.People) string {
	if name := people.Name(n); name != "" {
		return name
	}
	u, _ := s.User(n)
	return u.UserName
}

// losses is what everybody would lose if nobody decided. The items are in the order of
// what they are about.
func losses(draft *campaign.Draft) []Loss {
	out := []Loss{}
	for i := range draft.Items {
		item := &draft.Items[i]
		if what := item.What(); len(out) == 0 || out[len(out)-1].What != what {
			out = append(out, Loss{What: what, Users: []string{}})
		}
		last := &out[len(out)-1]
		if last.Count++; len(last.Users) < someNames {
			last.Users = append(last.Users, item.User)
		}
	}
	return out
}
