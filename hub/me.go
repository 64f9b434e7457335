package hub

import (
	"context"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/identity"
	"birthright/store"
)

// Me is who acts, and what waits for them.
type Me struct {
	// Name is as the audit log writes it: "user:ada", "token:5f…".
	Name        string         `json:"name"`
	UserName    string         `json:"userName" doc:"empty for a program"`
	DisplayName string         `json:"displayName"`
	State       identity.State `json:"state"`
	Roles       []string       `json:"roles" nullable:"false" doc:"admin, auditor"`
	Waiting     Waiting        `json:"waiting"`
}

// MostCounted is up to how much of what waits is counted.
const MostCounted = 100

// Waiting counts what waits for somebody, up to MostCounted of each.
type Waiting struct {
	Decide   int `json:"decide" doc:"requests to decide on; 100 stands for more, too"`
	Review   int `json:"review" doc:"items of access reviews"`
	Requests int `json:"requests" doc:"own requests that nobody has decided on"`
	Grants   int `json:"grants" doc:"grants that are not over"`
}

// Me tells an actor who they are and what waits for them.
func (h *Hub) Me(ctx context.Context, a approval.Actor) (out Me, err error) {
	err = h.view(ctx, a, func(s *session) error {
		out.Name, out.Roles = s.Actor.Name, []string{}
		if s.Actor.Admin || s.Actor.Operator {
			out.Roles = append(out.Roles, "admin")
		}
		if s.Actor.Auditor {
			out.Roles = append(out.Roles, "auditor")
		}
		if s.Actor.UserN == 0 {
			return nil
		}
		found, err := s.tx.BareUsers(ctx, []int64{s.Actor.UserN})
		for _, u := range found {
			out.UserName, out.DisplayName, out.State = u.UserName, u.Attributes.First(identity.AttrDisplayName), u.State
		}
		if err != nil {
			return err
		}
		items, err := s.tx.Items(ctx, store.ItemFilter{For: []int64{s.Actor.UserN}, Limit: MostCounted})
		out.Waiting.Review = len(items)
		return err
	})
	if err != nil || out.UserName == "" {
		return out, err
	}
	return out, h.countWaiting(ctx, a, out.UserName, &out.Waiting)
}

// countWaiting counts what the desk has for somebody.
func (h *Hub) countWaiting(ctx context.Context, a approval.Actor, name string, w *Waiting) error {
	decide, err := h.Desk.Requests(ctx, a, desk.Query{Approver: name, States: []string{grants.Pending}, Limit: MostCounted})
	if err != nil {
		return err
	}
	asked, err := h.Desk.Requests(ctx, a, desk.Query{User: name, States: []string{grants.Pending}, Limit: MostCounted})
	if err != nil {
		return err
	}
	open, err := h.Desk.Grants(ctx, a, desk.Query{User: name, Open: true, Limit: MostCounted})
	w.Decide, w.Requests, w.Grants = len(decide), len(asked), len(open)
	return err
}
