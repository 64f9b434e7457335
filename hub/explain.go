package hub

import (
	"context"

	"birthright/grants/approval"
	"birthright/reconcile"
)

// Explain says why somebody holds access or why not, and whether it can be asked for: one
// answer a group that the question is about.
func (h *Hub) Explain(ctx context.Context, a approval.Actor, name string, q reconcile.Question) (out []reconcile.Explained, err error) {
	err = h.view(ctx, a, func(s *session) error {
		u, err := s.readable(name)
		if err != nil {
			return err
		}
		if out, err = h.Runner.Explain(ctx, s.tx, u, q); err != nil {
			return err
		}
		for i := range out {
			out[i].Asking = s.asking(u.N, &out[i])
		}
		return nil
	})
	return out, err
}

// asking is how a user gets by asking what is not held; nil where that is no way to it.
func (s *session) asking(userN int64, x *reconcile.Explained) *reconcile.Asking {
	if x.Held || x.Shadowed != nil {
		return nil
	}
	o := s.Offered(userN, x.Group)
	if o == nil {
		return nil
	}
	return &reconcile.Asking{Usual: o.DefaultSeconds, Most: o.MaxSeconds, Needs: o.Requires, Approval: o.Approval}
}
