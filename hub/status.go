package hub

import (
	"context"
	"time"

	"birthright/grants/approval"
	"birthright/rights"
	"birthright/store"
)

// Status is how the hub is, in one look: what is late before everything else.
type Status struct {
	At time.Time `json:"at"`
	// Overdue is access that should be gone from targets and is not.
	Overdue Count `json:"overdue_removals"`
	// LateGrants are grants that are over and of which something is left on a target.
	LateGrants Count `json:"overdue_grants"`
	// LateAdditions is what people should have and do not, since a target refused it.
	LateAdditions Count          `json:"overdue_additions"`
	Held          Count          `json:"held"`
	Requests      Count          `json:"requests_waiting"`
	Glass         Count          `json:"glass_unreviewed"`
	Users         int64          `json:"users"`
	AuditRecords  int64          `json:"audit_records"`
	Policy        PolicyStatus   `json:"policy"`
	Targets       []TargetHealth `json:"targets" nullable:"false"`
	Sources       []SourceHealth `json:"sources" nullable:"false"`
}

// Count is how many there are of something, and for how long the oldest is there. Of very
// many, More says that there are more than were counted.
type Count struct {
	Count         int   `json:"count"`
	OldestSeconds int64 `json:"oldest_seconds"`
	More          bool  `json:"more,omitempty"`
}

// PolicyStatus is which policy is in force, and how a newer one was refused.
type PolicyStatus struct {
	Version string   `json:"version"`
	Refusal *Refusal `json:"refusal"`
}

// TargetHealth is how a target stands.
type TargetHealth struct {
	Name          string     `json:"target"`
	LastFullAt    *time.Time `json:"last_full_at"`
	LastOKAt      *time.Time `json:"last_ok_at"`
	Error         string     `json:"error,omitempty"`
	LateRemovals  Count      `json:"overdue_removals"`
	LateAdditions Count      `json:"overdue_additions"`
	Orders        Count      `json:"orders_open"`
}

// SourceHealth is how a source stands.
type SourceHealth struct {
	Name           string     `json:"source"`
	LastAt         *time.Time `json:"last_at"`
	LastCompleteAt *time.Time `json:"last_complete_at"`
	Error          string     `json:"error,omitempty"`
}

// Status tells how the hub is. What it costs does not grow with the directory.
func (h *Hub) Status(ctx context.Context, a approval.Actor) (out Status, err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadStatus, rights.Relation{}); err != nil {
			return err
		}
		out = Status{At: s.tx.Now().UTC(), Targets: []TargetHealth{}, Sources: []SourceHealth{}, Policy: h.policyStatus()}
		for _, read := range []func(*Status) error{s.waiting, s.lateGrants, s.targetHealth, s.sourceHealth, s.sizes} {
			if err := read(&out); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func (h *Hub) policyStatus() PolicyStatus {
	p := viewPolicy(h.Policy())
	return PolicyStatus{Version: p.Version, Refusal: p.Refusal}
}

// waiting counts what waits for people.
func (s *session) waiting(out *Status) error {
	for _, kind := range []string{store.HeldRemoval, store.HeldMissing, store.HeldAmbiguous, store.HeldEmptied} {
		held, err := s.tx.TallyHeld(s.ctx, kind)
		if err != nil {
			return err
		}
		out.Held.add(s.count(held))
	}
	requests, err := s.tx.TallyRequests(s.ctx)
	if err != nil {
		return err
	}
	glass, err := s.tx.TallyGlass(s.ctx)
	out.Requests, out.Glass = s.count(requests), s.count(glass)
	return err
}

// lateGrants counts the grants that are over and not gone.
func (s *session) lateGrants(out *Status) error {
	open, err := s.tx.OpenGrantTimes(s.ctx)
	for i := range open {
		if late := open[i].Overdue(s.tx.Now()); late > 0 {
			out.LateGrants.add(Count{Count: 1, OldestSeconds: int64(late.Seconds())})
		}
	}
	out.LateGrants.More = len(open) >= store.CountLimit
	return err
}

func (s *session) targetHealth(out *Status) error {
	states, err := s.tx.TargetStates(s.ctx)
	if err != nil {
		return err
	}
	for _, name := range s.Targets {
		one := TargetHealth{Name: name}
		for _, state := range states {
			if state.Name == name {
				one.LastFullAt, one.LastOKAt, one.Error = instant(state.LastFullAt), instant(state.LastOKAt), state.LastError
			}
		}
		if err := s.late(&one); err != nil {
			return err
		}
		out.Targets = append(out.Targets, one)
		out.Overdue.add(one.LateRemovals)
		out.LateAdditions.add(one.LateAdditions)
	}
	return nil
}

// late counts what a target owes.
func (s *session) late(t *TargetHealth) error {
	removals, err := s.tx.TallyOverdue(s.ctx, t.Name, true)
	if err != nil {
		return err
	}
	additions, err := s.tx.TallyOverdue(s.ctx, t.Name, false)
	if err != nil {
		return err
	}
	orders, err := s.tx.TallyOrders(s.ctx, t.Name)
	t.LateRemovals, t.LateAdditions, t.Orders = s.count(removals), s.count(additions), s.count(orders)
	return err
}

func (s *session) sourceHealth(out *Status) error {
	states, err := s.sourceStates()
	for _, setting := range s.Sources {
		state := states[setting.Name]
		out.Sources = append(out.Sources, SourceHealth{
			Name: setting.Name, LastAt: instant(state.LastAt), LastCompleteAt: instant(state.LastCompleteAt), Error: state.LastError,
		})
	}
	return err
}

func (s *session) sizes(out *Status) (err error) {
	if out.Users, err = s.tx.UsersEver(s.ctx); err != nil {
		return err
	}
	head, err := s.tx.AuditHead(s.ctx)
	out.AuditRecords = head.Seq
	return err
}

func (s *session) count(t store.Tally) Count {
	return Count{Count: t.Count, OldestSeconds: int64(t.Age(s.tx.Now()).Seconds()), More: t.Count >= store.CountLimit}
}

// add joins what was counted in two places.
func (c *Count) add(other Count) {
	c.Count += other.Count
	c.OldestSeconds = max(c.OldestSeconds, other.OldestSeconds)
	c.More = c.More || other.More
}
