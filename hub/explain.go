package hub

import (
	"context"

	"birthright/grants/approval"
	"birthright/reconcile"
)

// Explain says why somebody holds access or why not: one answer a group that the
// question is about.
func (h *Hub) Explain(ctx context.Context, a approval.Actor, name string, q reconcile.Question) (out []reconcile.Explained, err error) {
	err = h.view(ctx, a, func(s *session) error {
		u, err := s.readable(name)
		if err == nil {
			out, err = h.Runner.Explain(ctx, s.tx, u, q)
		}
		return err
	})
	return out, err
}
