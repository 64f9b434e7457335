package hub

import (
	"context"
	"strconv"
	"time"

	"birthright/grants/approval"
	"birthright/rights"
	"birthright/store"
)

// Revocation is a membership that a review took away, whatever gives it.
type Revocation struct {
	ID       string     `json:"id"`
	User     string     `json:"user"`
	Group    string     `json:"group"`
	By       string     `json:"by"`
	Reason   string     `json:"reason"`
	Item     string     `json:"item"`
	At       time.Time  `json:"at"`
	LiftedAt *time.Time `json:"lifted_at"`
	LiftedBy string     `json:"lifted_by"`
	n        int64
}

// Order is access on a target that somebody ordered to go.
type Order struct {
	ID          string     `json:"id"`
	Target      string     `json:"target"`
	Account     string     `json:"account"`
	Entitlement string     `json:"entitlement"`
	By          string     `json:"by"`
	Reason      string     `json:"reason"`
	Item        string     `json:"item"`
	At          time.Time  `json:"at"`
	DoneAt      *time.Time `json:"done_at"`
	Outcome     string     `json:"outcome"`
	n           int64
}

// TakenQuery selects what was taken away: what is in force, or all there was, newest
// first.
type TakenQuery struct {
	All   bool
	After string // Next of the page before
	Limit int    // 0 for all
}

// Revocations lists memberships that reviews took away.
func (h *Hub) Revocations(ctx context.Context, a approval.Actor, q TakenQuery) (Page[Revocation], error) {
	return taken(ctx, h, a, q, func(s *session, after int64) ([]Revocation, error) {
		rows, err := s.tx.RevocationPage(ctx, q.All, after, more(q.Limit))
		out := make([]Revocation, len(rows))
		for i := range rows {
			out[i] = viewRevocation(&rows[i])
		}
		return out, err
	}, func(r Revocation) int64 { return r.n })
}

// Orders lists access on targets that was ordered to go.
func (h *Hub) Orders(ctx context.Context, a approval.Actor, q TakenQuery) (Page[Order], error) {
	return taken(ctx, h, a, q, func(s *session, after int64) ([]Order, error) {
		rows, err := s.tx.OrderPage(ctx, q.All, after, more(q.Limit))
		out := make([]Order, len(rows))
		for i := range rows {
			out[i] = viewOrder(&rows[i])
		}
		return out, err
	}, func(o Order) int64 { return o.n })
}

// taken is a page of what was taken away.
func taken[T any](ctx context.Context, h *Hub, a approval.Actor, q TakenQuery, find func(*session, int64) ([]T, error), key func(T) int64) (out Page[T], err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadReports, rights.Relation{}); err != nil {
			return err
		}
		after, err := number(q.After)
		if err != nil {
			return err
		}
		found, err := find(s, after)
		out = pageOf(found, q.Limit, func(one T) string { return strconv.FormatInt(key(one), 10) })
		return err
	})
	return out, err
}

func viewRevocation(r *store.RevocationRow) Revocation {
	return Revocation{r.ID, r.User, r.Group, r.By, r.Reason, r.Source, r.At, instant(r.LiftedAt), r.LiftedBy, r.N}
}

func viewOrder(o *store.OrderRow) Order {
	return Order{o.ID, o.Target, o.Account, o.Entitlement.String(), o.By, o.Reason, o.Source, o.At, instant(o.DoneAt), o.Outcome, o.N}
}
