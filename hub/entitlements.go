package hub

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/reconcile"
	"birthright/rights"
	"birthright/store"
	"birthright/targets"
)

// TargetEntitlement is something that a target can give, as it says itself now.
type TargetEntitlement struct {
	Entitlement string `json:"entitlement"`
	Title       string `json:"title"`
	Members     int    `json:"members"`
	ReadOnly    bool   `json:"read_only"`
}

// Catalog asks the named targets, or all, what they can give and how many hold each.
func (h *Hub) Catalog(ctx context.Context, a approval.Actor, names []string) ([]TargetEntitlement, error) {
	if err := h.allowed(ctx, a, rights.Probe); err != nil {
		return nil, err
	}
	dests, err := h.destinations(names)
	if err != nil {
		return nil, err
	}
	return ReadCatalog(ctx, dests)
}

// ReadCatalog reads targets whole and returns what they can give, target by target.
func ReadCatalog(ctx context.Context, dests []reconcile.Destination) ([]TargetEntitlement, error) {
	out := []TargetEntitlement{}
	for _, d := range dests {
		c := &catalog{members: map[identity.Entitlement]int{}}
		end, err := d.Target.Read(ctx, targets.Query{}, c)
		if err == nil && !end.Complete {
			err = &identity.Error{Kind: identity.Incomplete, Op: "read target " + d.Name()}
		}
		if err != nil {
			return nil, err
		}
		out = append(out, c.list()...)
	}
	return out, nil
}

// catalog receives a whole read and keeps its entitlements.
type catalog struct {
	found   []targets.Entitlement
	members map[identity.Entitlement]int
}

// Account implements targets.Sink.
func (c *catalog) Account(targets.Account) error { return nil }

// Entitlement implements targets.Sink.
func (c *catalog) Entitlement(e targets.Entitlement) error {
	c.found = append(c.found, e)
	return nil
}

// Assignment implements targets.Sink.
func (c *catalog) Assignment(a targets.Assignment) error {
	c.members[a.Entitlement]++
	return nil
}

func (c *catalog) list() []TargetEntitlement {
	out := make([]TargetEntitlement, 0, len(c.found))
	for _, e := range c.found {
		out = append(out, TargetEntitlement{Entitlement: e.Address.String(), Title: e.Title, Members: c.members[e.Address], ReadOnly: e.ReadOnly})
	}
	slices.SortFunc(out, func(a, b TargetEntitlement) int { return cmp.Compare(a.Entitlement, b.Entitlement) })
	return out
}

// SeenEntitlement is something that a target can give, as the last look at it showed.
type SeenEntitlement struct {
	Entitlement string `json:"entitlement"`
	Kind        string `json:"kind"`
	Present     bool   `json:"present" doc:"the target was seen to have it"`
	Holders     int    `json:"holders" doc:"accounts that the last look at the whole target showed to hold it"`
	position    string
}

// EntitlementQuery selects what a target can give. Empty fields do not filter.
type EntitlementQuery struct {
	Target string
	// Search is found anywhere in kind or id, in any letter case.
	Search string
	After  string // Next of the page before
	Limit  int    // 0 for all
}

// Entitlements lists what a target can give, by kind and id, without asking it.
func (h *Hub) Entitlements(ctx context.Context, a approval.Actor, q EntitlementQuery) (out Page[SeenEntitlement], err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadTargets, rights.Relation{}); err != nil {
			return err
		}
		if _, err := s.destination(q.Target); err != nil {
			return err
		}
		kind, id, err := behind(q.After)
		if err != nil {
			return err
		}
		rows, err := s.tx.EntitlementsPage(ctx, q.Target, q.Search, kind, id, more(q.Limit))
		if err != nil {
			return err
		}
		holders, err := s.holders(rows)
		if err != nil {
			return err
		}
		found := make([]SeenEntitlement, len(rows))
		for i, row := range rows {
			found[i] = SeenEntitlement{
				Entitlement: row.Address.String(), Kind: row.Address.Kind, Present: row.Present, Holders: holders[row.N],
				position: row.Address.Kind + "\x1f" + row.Address.ID,
			}
		}
		out = pageOf(found, q.Limit, func(e SeenEntitlement) string { return e.position })
		return nil
	})
	return out, err
}

// holders counts who holds some entitlements, by number.
func (s *session) holders(rows []store.EntitlementRow) (map[int64]int, error) {
	ns := make([]int64, len(rows))
	for i, row := range rows {
		ns[i] = row.N
	}
	layers, err := s.tx.HoldingsOf(s.ctx, ns)
	who := map[int64]*roaring.Bitmap{}
	for _, l := range layers {
		if who[l.EntN] == nil {
			who[l.EntN] = roaring.New()
		}
		who[l.EntN].Or(l.Holders)
	}
	out := make(map[int64]int, len(who))
	for n, all := range who {
		out[n] = int(all.GetCardinality())
	}
	return out, err
}

// behind reads a position in a list by two texts.
func behind(position string) (first, second string, err error) {
	if position == "" {
		return "", "", nil
	}
	first, second, ok := strings.Cut(position, "\x1f")
	if !ok {
		return "", "", errForeignCursor()
	}
	return first, second, nil
}

func errForeignCursor() error {
	return &identity.Error{Kind: identity.Invalid, Field: "cursor", Err: errors.New("cursor: it is none of this hub's")}
}
