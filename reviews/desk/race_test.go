package desk_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"birthright/identity"
	"birthright/reviews"
	"birthright/reviews/desk"
)

// Ten reviewers decide on everything at once, half of them to keep and half to revoke:
// every item ends as one of them said, the others are told who was first, and what was
// revoked is exactly what goes.
func TestTenReviewersAtOnce(t *testing.T) {
	const reviewers, members = 10, 12
	var owners, people []string
	for i := range reviewers {
		owners = append(owners, fmt.Sprintf(`"user:r%d"`, i))
		people = append(people, fmt.Sprintf("r%d", i))
	}
	for i := range members {
		people = append(people, fmt.Sprintf("m%d department=Engineering", i))
	}
	h := open(t, `
groups:
  - {name: engineering, access: ["app:group/engineering"], owners: [`+strings.Join(owners, ", ")+`]}
rules:
  - {name: engineers, when: 'user.department == "Engineering"', groups: [engineering]}
`)
	h.Join(append(people, "root")...)
	h.Full()
	h.Work()
	c := h.start(desk.Wish{Scope: reviews.Scope{Groups: []string{"engineering"}}})
	items := h.items(c)
	said := make([][members]string, reviewers) // what each was told: "" for done
	var all sync.WaitGroup
	for r := range reviewers {
		actor := h.As(fmt.Sprintf("r%d", r))
		all.Go(func() {
			choice := desk.Choice{What: reviews.Kept}
			if r%2 == 1 {
				choice = desk.Choice{What: reviews.Revoked, Reason: "no"}
			}
			for i := range items {
				one := choice
				one.Items = []string{items[(i+r)%members].ID}
				out, err := h.R.Decide(t.Context(), actor, c.ID, one)
				switch {
				case err != nil && identity.KindOf(err) != identity.Conflict:
					t.Error(err)
				case err != nil:
					said[r][(i+r)%members] = "late"
				case out.Changed == 0:
					said[r][(i+r)%members] = "already"
				}
			}
		})
	}
	all.Wait()
	kept := []string{}
	for i, item := range h.items(c) {
		if len(item.Decided) != 1 {
			t.Errorf("%s was decided on %d times: %v", item.ID, len(item.Decided), item.Decided)
			continue
		}
		first := item.Decided[0]
		for r := range reviewers {
			want := "late"
			switch {
			case first.By == fmt.Sprintf("user:r%d", r):
				want = ""
			case (r%2 == 1) == (first.What == reviews.Revoked):
				want = "already"
			}
			if said[r][i] != want {
				t.Errorf("%s: r%d was told %q, want %q after %s by %s", item.ID, r, said[r][i], want, first.What, first.By)
			}
		}
		if item.Outcome == reviews.Kept {
			kept = append(kept, item.User)
		}
	}
	h.whole()
	held := map[string]bool{}
	for _, name := range h.Holds("group/engineering") {
		held[name] = true
	}
	for _, name := range kept {
		if !held[name] {
			t.Errorf("%s was kept, and holds nothing", name)
		}
	}
	h.same("as many as were kept", len(held), len(kept))
}
