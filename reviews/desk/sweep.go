package desk

import (
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/audit"
	"birthright/grants"
	"birthright/identity"
	"birthright/reviews"
	"birthright/reviews/campaign"
	"birthright/store"
)

// sweep compares a campaign with the world: items of which nothing is left are void,
// whoever has left is asked no more, and what was revoked is seen to be gone.
func (s *session) sweep(c *reviews.Campaign) error {
	c.SweptAt = s.now
	if c.ClosedAt.IsZero() {
		if err := s.sweepOpen(c); err != nil {
			return err
		}
	}
	left, err := s.verify(c)
	if err != nil {
		return err
	}
	if !c.SettledAt.IsZero() && left == 0 {
		c.CompletedAt = s.now
		return s.tx.SaveCampaign(s.ctx, c, audit.Event{Actor: hub, Action: "campaign.completed", Subject: "campaign:" + c.ID, Detail: map[string]any{"campaign": c.ID}})
	}
	return s.tx.SaveCampaign(s.ctx, c)
}

func (s *session) sweepOpen(c *reviews.Campaign) error {
	for after := int64(0); ; {
		lapsed, err := s.tx.LapsedItems(s.ctx, c, false, after, perStep)
		if err != nil {
			return err
		}
		if len(lapsed) == 0 {
			break
		}
		after = lapsed[len(lapsed)-1].N
		if err := s.void(pointers(lapsed), "there was nothing left to decide on: "); err != nil {
			return err
		}
	}
	if err := s.voidAccess(c); err != nil {
		return err
	}
	return s.lookAgain(c)
}

// voidAccess ends items about access on targets that its holder has no more.
func (s *session) voidAccess(c *reviews.Campaign) error {
	holders := map[identity.Entitlement]*roaring.Bitmap{}
	return s.everyItem(store.ItemFilter{Campaign: c, Outcomes: []string{""}, Access: true}, func(page []reviews.Item) error {
		var gone []*reviews.Item
		for i := range page {
			item := &page[i]
			if holders[item.Entitlement] == nil {
				set, err := s.holdersOf(item.Entitlement)
				if err != nil {
					return err
				}
				holders[item.Entitlement] = set
			}
			if !holders[item.Entitlement].Contains(uint32(item.UserN)) {
				gone = append(gone, item)
			}
		}
		return s.void(gone, "there was nothing left to decide on: ")
	})
}

func (s *session) holdersOf(e identity.Entitlement) (*roaring.Bitmap, error) {
	set := roaring.New()
	numbers, err := s.tx.EntitlementNumbers(s.ctx, []identity.Entitlement{e}, false)
	if err != nil {
		return nil, err
	}
	layers, err := s.tx.HoldingsOf(s.ctx, []int64{numbers[e]})
	for _, l := range layers {
		set.Or(l.Holders)
	}
	return set, err
}

// lookAgain finds out anew whom the panels of a campaign name. Somebody who is now the
// only one that is asked about themselves is passed over.
func (s *session) lookAgain(c *reviews.Campaign) error {
	panels, err := s.tx.PanelsOf(s.ctx, c.N)
	if err != nil {
		return err
	}
	asked := map[int64][]int64{}
	for i := range panels {
		p := &panels[i]
		s.panels[p.N] = *p
		asked[p.N] = s.askedOf(c, p)
	}
	if err := s.index(asked); err != nil {
		return err
	}
	for i := range panels {
		p := &panels[i]
		if people := asked[p.N]; len(people) == 1 {
			if err := s.passOver(c, p, people[0]); err != nil {
				return err
			}
		}
	}
	return s.Or(nil)
}

// passOver has others asked about the only one whom a panel names.
func (s *session) passOver(c *reviews.Campaign, p *reviews.Panel, userN int64) error {
	own, err := s.tx.Items(s.ctx, store.ItemFilter{Campaign: c, PanelN: p.N, UserN: userN})
	if err != nil || len(own) == 0 {
		return err
	}
	items := pointers(own)
	chains := make([][][]string, len(items))
	for i := range items {
		chains[i] = campaign.Without(p.Rungs, userN)
	}
	loads, err := s.assign(c, items, chains)
	if err != nil {
		return err
	}
	if err := s.tx.SaveItems(s.ctx, items); err != nil {
		return err
	}
	return s.tellEach(reviews.NoticeStarted, c, loads, nil)
}

// verify looks at what was revoked, and returns how much of it is still there.
func (s *session) verify(c *reviews.Campaign) (left int, err error) {
	err = s.everyItem(store.ItemFilter{Campaign: c, Leaving: true}, func(page []reviews.Item) error {
		gone, err := s.gone(page)
		if err != nil {
			return err
		}
		left += len(page) - len(gone)
		events := make([]audit.Event, len(gone))
		for i, item := range gone {
			item.GoneAt = s.now
			events[i] = audit.Event{Actor: hub, Action: "review.verified", Subject: subjectOf(item), Detail: map[string]any{
				"campaign": c.ID, "item": item.ID, "what": item.What(), "action": item.Action,
			}}
		}
		return s.tx.SaveItems(s.ctx, gone, events...)
	})
	return left, err
}

// gone returns the items of which no target shows anything any more.
func (s *session) gone(page []reviews.Item) ([]*reviews.Item, error) {
	held, err := s.holding(page)
	if err != nil {
		return nil, err
	}
	var out []*reviews.Item
	var orders []string
	for i := range page {
		switch item := &page[i]; {
		case item.Action == "":
		case item.Group == "":
			orders = append(orders, item.Action)
		case held.gone(item):
			out = append(out, item)
		}
	}
	ended, err := s.tx.OrdersByID(s.ctx, orders)
	for _, o := range ended {
		at := slices.IndexFunc(page, func(i reviews.Item) bool { return i.Action == o.ID })
		if item := &page[at]; o.Outcome == store.OrderGone || o.Outcome == store.OrderGiven {
			out = append(out, item)
		} else if o.Outcome == store.OrderWithdrawn {
			item.Outcome, item.By, item.Reason, item.Action = reviews.Kept, hub, "the order was withdrawn", ""
			if err := s.tx.SaveItems(s.ctx, []*reviews.Item{item}); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(out, func(a, b *reviews.Item) int { return int(a.N - b.N) })
	return out, err
}

// holding is what some users have, at the hub and on targets.
type holding struct {
	s       *session
	there   map[membership]bool
	groups  map[int64][]string                           // of each user
	given   map[membership]time.Time                     // when the newest grant was made that gives it
	onSight map[int64]map[identity.Entitlement]bool      // what targets show or may show
	carried map[string]map[identity.Entitlement]struct{} // what groups carry
}

// holding reads what the users have whose memberships were revoked.
func (s *session) holding(page []reviews.Item) (*holding, error) {
	h := &holding{s: s, groups: map[int64][]string{}, given: map[membership]time.Time{}, onSight: map[int64]map[identity.Entitlement]bool{}, carried: map[string]map[identity.Entitlement]struct{}{}}
	var users []int64
	var access []identity.Entitlement
	for i := range page {
		if page[i].Group != "" {
			users = append(users, page[i].UserN)
			for e := range h.carriedBy(page[i].Group) {
				access = append(access, e)
			}
		}
	}
	users = distinct(users)
	if err := h.memberships(users); err != nil {
		return nil, err
	}
	if err := h.grants(users); err != nil {
		return nil, err
	}
	return h, h.targets(users, access)
}

func (h *holding) carriedBy(group string) map[identity.Entitlement]struct{} {
	if known, ok := h.carried[group]; ok {
		return known
	}
	set := map[identity.Entitlement]struct{}{}
	g, _ := h.s.engine.Group(group)
	for _, e := range g.Access {
		set[e] = struct{}{}
	}
	h.carried[group] = set
	return set
}

func (h *holding) memberships(users []int64) error {
	rows, err := h.s.tx.MembershipsOfUsers(h.s.ctx, users)
	if err != nil {
		return err
	}
	var ns []int64
	for i := range rows {
		ns = append(ns, rows[i].GroupN)
	}
	names, err := h.s.tx.GroupNames(h.s.ctx, distinct(ns))
	h.there = map[membership]bool{}
	for i := range rows {
		name := names[rows[i].GroupN]
		h.there[membership{rows[i].UserN, name}] = true
		h.groups[rows[i].UserN] = append(h.groups[rows[i].UserN], name)
	}
	return err
}

func (h *holding) grants(users []int64) error {
	open, err := h.s.tx.OpenGrantsOf(h.s.ctx, users)
	for i := range open {
		g := &open[i]
		key := membership{g.UserN, g.Group}
		if g.State(h.s.now) == grants.Active && g.StartsAt.After(h.given[key]) {
			h.given[key] = g.StartsAt
		}
	}
	return err
}

func (h *holding) targets(users []int64, access []identity.Entitlement) error {
	numbers, err := h.s.tx.EntitlementNumbers(h.s.ctx, access, false)
	if err != nil {
		return err
	}
	var ns []int64
	address := map[int64]identity.Entitlement{}
	for e, n := range numbers {
		ns = append(ns, n)
		address[n] = e
	}
	seen, err := h.s.tx.HeldEntitlements(h.s.ctx, users, distinct(ns))
	for one := range seen {
		if h.onSight[one.UserN] == nil {
			h.onSight[one.UserN] = map[identity.Entitlement]bool{}
		}
		h.onSight[one.UserN][address[one.EntN]] = true
	}
	return err
}

// gone reports whether a membership that was revoked is not there, nor what it alone
// carried. One that a grant gives that was made since is another one.
func (h *holding) gone(item *reviews.Item) bool {
	key := membership{item.UserN, item.Group}
	if h.there[key] {
		return h.given[key].After(item.At)
	}
	for e := range h.carriedBy(item.Group) {
		if h.onSight[item.UserN][e] && !h.otherwise(item, e) {
			return false
		}
	}
	return true
}

// otherwise reports whether another group gives a user an entitlement.
func (h *holding) otherwise(item *reviews.Item, e identity.Entitlement) bool {
	return slices.ContainsFunc(h.groups[item.UserN], func(name string) bool {
		_, carries := h.carriedBy(name)[e]
		return carries
	})
}
