package hub

import (
	"context"

	"birthright/grants/approval"
	"birthright/rights"
)

// Self is who an actor is at a moment.
type Self struct {
	// Name is as the audit log writes it: "user:ada", "operator:root".
	Name           string
	Admin, Auditor bool
	// May tells which verbs the actor may do where nothing relates them to what it is
	// about: what a menu shows.
	May map[rights.Verb]bool
}

// Self tells an actor who they are, and which of some verbs they may do.
func (h *Hub) Self(ctx context.Context, a approval.Actor, verbs ...rights.Verb) (out Self, err error) {
	err = h.view(ctx, a, func(s *session) error {
		out = Self{Name: s.Actor.Name, Admin: s.Actor.Admin || s.Actor.Operator, Auditor: s.Actor.Auditor, May: make(map[rights.Verb]bool, len(verbs))}
		for _, v := range verbs {
			out.May[v] = s.may(v, rights.Relation{}) == nil
		}
		return nil
	})
	return out, err
}
