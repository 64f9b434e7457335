package creep

import (
	"slices"
	"strings"

	"birthright/identity"
)

// Filter says which part of a surplus is to go. What is empty or zero leaves nothing out.
type Filter struct {
	Users, Targets, Entitlements []string
	// MinScore is the least that an entry scores, MinUserScore that the person does.
	MinScore, MinUserScore int
	// Orphans takes accounts without a user, too; with Users named, none of them.
	Orphans bool
}

// Plan is what would remove a surplus.
type Plan struct {
	Orders []Order `json:"orders"`
	// Remaining are what no order takes away here: it comes through something else.
	Remaining []Order `json:"remaining"`
}

// Order says that an account is to lose an entitlement.
type Order struct {
	Holder      uint32               `json:"-"`
	Access      identity.Entitlement `json:"-"`
	Target      string               `json:"target"`
	User        string               `json:"user"` // "" for an orphan
	Account     string               `json:"account"`
	Entitlement string               `json:"entitlement"`
	Cause       string               `json:"cause"`
	How         string               `json:"how"`
	Score       int                  `json:"score"`
	Through     []string             `json:"through"`
}

// Plan returns the orders that would remove the part of the surplus that a filter
// takes, by target, user, account and entitlement. What was ordered already is left out.
func (r *Report) Plan(f Filter) Plan {
	p := Plan{Orders: []Order{}, Remaining: []Order{}}
	for i := range r.Users {
		u := &r.Users[i]
		if u.Score < f.MinUserScore || !f.namesUser(u.User) {
			continue
		}
		for k := range u.Surplus {
			p.add(f, u.User, &u.Surplus[k])
		}
	}
	if f.Orphans && len(f.Users) == 0 {
		for i := range r.Orphans {
			for k := range r.Orphans[i].Holds {
				if r.Orphans[i].Score >= f.MinUserScore {
					p.add(f, "", &r.Orphans[i].Holds[k])
				}
			}
		}
	}
	sortOrders(p.Orders)
	sortOrders(p.Remaining)
	return p
}

func (p *Plan) add(f Filter, user string, e *Entry) {
	if !f.takes(e) || !e.OrderedAt.IsZero() {
		return
	}
	o := Order{
		Holder: e.Pair.Holder, Access: e.Pair.Entitlement, Target: e.Target, User: user, Account: e.Account, Entitlement: e.Entitlement,
		Cause: e.Cause, How: e.How, Score: e.Score, Through: listed(e.Through),
	}
	if e.Removable {
		p.Orders = append(p.Orders, o)
	} else {
		p.Remaining = append(p.Remaining, o)
	}
}

// namesUser compares without letter case, as user names are.
func (f *Filter) namesUser(name string) bool {
	return len(f.Users) == 0 || slices.ContainsFunc(f.Users, func(u string) bool { return strings.EqualFold(u, name) })
}

func (f *Filter) takes(e *Entry) bool {
	return e.Score >= f.MinScore && (len(f.Targets) == 0 || slices.Contains(f.Targets, e.Target)) &&
		(len(f.Entitlements) == 0 || slices.Contains(f.Entitlements, e.Entitlement))
}

func sortOrders(orders []Order) {
	slices.SortFunc(orders, func(a, b Order) int {
		for _, c := range []int{compareText(a.Target, b.Target), compareText(a.User, b.User), compareText(a.Account, b.Account)} {
			if c != 0 {
				return c
			}
		}
		if c := identity.CompareEntitlements(a.Access, b.Access); c != 0 {
			return c
		}
		return int(int64(a.Holder) - int64(b.Holder))
	})
}
