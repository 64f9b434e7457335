package desk_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"birthright/grants/approval"
	requests "birthright/grants/desk"
	"birthright/grants/desk/desktest"
	"birthright/identity"
	"birthright/reviews/desk"
	"birthright/rules"
	"birthright/rules/population"
	"birthright/store"
	"birthright/targets"
)

const day = 24 * time.Hour

// company is a policy with owners, managers, risk, and something that can be asked for.
const company = `
groups:
  - {name: everyone, access: ["app:group/everyone"], owners: ["user:boss"]}
  - {name: engineering, access: ["app:group/engineering", "app:group/shared"], owners: ["user:lead", "user:deputy"], risk: low}
  - {name: sales, access: ["app:group/sales", "app:group/shared"], owners: ["user:seller"]}
  - name: prod
    risk: high
    access: ["app:role/prod"]
    owners: ["group:leads"]
    request: {durations: {default: 1h, max: 8h}, approve: [{by: owners}]}
  - {name: leads, owners: ["user:root"]}
rules:
  - {name: all, when: 'true', groups: [everyone]}
  - {name: engineers, when: 'user.department == "Engineering"', groups: [engineering], owner: "user:lead"}
  - {name: sellers, when: 'user.department == "Sales"', groups: [sales]}
  - {name: operators, when: 'user.title == "Operator"', groups: [prod], owner: "user:boss"}
  - {name: leads, when: 'user.title == "Lead"', groups: [leads]}
`

// hall is an office in which access is reviewed.
type hall struct {
	*desktest.Office
	R *desk.Desk
}

func open(t testing.TB, policy string) *hall {
	t.Helper()
	h := &hall{Office: desktest.Open(t, policy)}
	h.wire()
	return h
}

// wire puts the desk on what the office has now: after a restart too.
func (h *hall) wire() {
	h.R = desk.New(desk.Options{
		Store: h.DB, Grants: h.Office.Desk, Engine: h.Office.Desk.Engine, Admins: []string{"user:root"},
		Everybody: func(ctx context.Context, tx *store.Tx, each func(*identity.User) error, engines ...*rules.Engine) (*population.Population, rules.World, error) {
			crowd, err := h.Run.Crowd(ctx, tx, each, engines...)
			return crowd.Population, crowd.World, err
		},
	})
}

// staffed is a hall with people of every kind, and all of them at work.
func staffed(t testing.TB) *hall {
	h := open(t, company)
	h.Join("root", "boss", "lead title=Lead manager=boss", "deputy manager=boss", "seller department=Sales manager=boss",
		"ada department=Engineering manager=lead", "bob department=Engineering manager=lead", "cid department=Engineering manager=deputy title=Operator")
	h.Full()
	h.Work()
	return h
}

// tick lets time pass and everything happen that it brings.
func (h *hall) tick(d time.Duration) {
	h.Helper()
	h.Pass(d)
	for range 4 {
		h.Must(h.R.Tick(h.Context()))
	}
	h.Work()
}

// whole does what is to be done and looks at the whole target.
func (h *hall) whole() {
	h.Helper()
	h.Work()
	h.Full()
	h.Work()
}

// byHand has somebody on the app hold something that the hub did not give.
func (h *hall) byHand(account, address string) {
	h.Helper()
	e, err := identity.ParseEntitlement(address)
	h.Must(err)
	h.App.Seed(targets.State{Assignments: []targets.Assignment{{AccountID: account, Entitlement: e}}})
}

func (h *hall) operator() approval.Actor { return requests.Operator("operator:test") }

func (h *hall) start(w desk.Wish) desk.Campaign {
	h.Helper()
	if w.Name == "" {
		w.Name = "autumn"
	}
	c, err := h.R.Start(h.Context(), h.As("root"), w)
	h.Must(err)
	return c
}

func (h *hall) items(c desk.Campaign) []desk.Item {
	h.Helper()
	out, err := h.R.Items(h.Context(), h.operator(), desk.ItemQuery{Campaign: c.ID})
	h.Must(err)
	return out
}

// item finds one by "user what".
func (h *hall) item(c desk.Campaign, name string) desk.Item {
	h.Helper()
	for _, i := range h.items(c) {
		if i.User+" "+i.What() == name {
			return i
		}
	}
	h.Fatalf("campaign %s has no item %q, only %v", c.ID, name, told(h.items(c)))
	return desk.Item{}
}

func (h *hall) decide(by string, c desk.Campaign, w desk.Choice, names ...string) error {
	h.Helper()
	for _, name := range names {
		w.Items = append(w.Items, h.item(c, name).ID)
	}
	_, err := h.R.Decide(h.Context(), h.As(by), c.ID, w)
	return err
}

func (h *hall) state(c desk.Campaign) desk.Campaign {
	h.Helper()
	out, err := h.R.Campaign(h.Context(), h.operator(), c.ID)
	h.Must(err)
	return out
}

// told is items as text: whose, what, who is asked, how it is.
func told(items []desk.Item) []string {
	out := []string{}
	for _, i := range items {
		line := fmt.Sprintf("%s %s [%s] %s", i.User, i.What(), strings.Join(i.Reviewers, " "), i.State)
		if i.Outcome != "" {
			line += " " + i.Outcome
		}
		out = append(out, line)
	}
	return out
}

func (h *hall) same(what string, got, want any) {
	h.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		h.Errorf("%s is not as expected (-want +got):\n%s", what, diff)
	}
}

func (h *hall) is(err error, kind identity.Kind, part string) {
	h.Helper()
	if identity.KindOf(err) != kind || err != nil && !strings.Contains(err.Error(), part) {
		h.Errorf("got %v (%q), want kind %q and %q", err, identity.KindOf(err), kind, part)
	}
}

// notices are the kinds of notices that nobody has passed on, with whom they are for.
func (h *hall) notices(kinds ...string) []string {
	h.Helper()
	out := []string{}
	ctx := h.Context()
	h.Must(h.DB.Update(ctx, func(tx *store.Tx) error {
		rows, err := tx.Notices(ctx, 0)
		if err != nil {
			return err
		}
		var ns []int64
		for _, r := range rows {
			ns = append(ns, r.N)
			if !slices.Contains(kinds, r.Kind) {
				continue
			}
			for _, n := range r.Users {
				u, err := tx.UserByN(ctx, n)
				if err != nil {
					return err
				}
				line := r.Kind + " " + u.UserName
				for _, key := range []string{"items", "rule", "group", "late"} {
					if v, ok := r.Data[key]; ok {
						line += fmt.Sprintf(" %s=%v", key, v)
					}
				}
				out = append(out, line)
			}
		}
		return tx.DropNotices(ctx, ns)
	}))
	return out
}
