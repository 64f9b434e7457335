package hub

import (
	"cmp"
	"context"
	"time"

	"birthright/grants/approval"
	"birthright/reconcile"
	"birthright/rights"
	"birthright/store"
)

// Target is how a system that access is synced to stands.
type Target struct {
	Name      string `json:"name"`
	Kind      string `json:"kind"`
	Simulated bool   `json:"simulated"`
	Unmanaged string `json:"unmanaged" doc:"what becomes of members that the hub did not add"`
	// Managed is as of the last whole read.
	Managed        int        `json:"managed" doc:"assignments that are the hub's, as of the last whole read"`
	Overdue        int        `json:"overdue" doc:"people for whom a change failed and is tried again"`
	OverdueSeconds int64      `json:"overdue_seconds" doc:"how long the first of them waits"`
	LastFullAt     *time.Time `json:"last_full_at"`
	LastOKAt       *time.Time `json:"last_ok_at"`
	LastError      string     `json:"last_error"`
	Held           int        `json:"held" doc:"removals that wait for a person"`
}

// AllTargets lists the configured targets, in their order.
func (h *Hub) AllTargets(ctx context.Context, a approval.Actor) (out []Target, err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadTargets, rights.Relation{}); err != nil {
			return err
		}
		known, err := s.standings()
		if err != nil {
			return err
		}
		out = []Target{}
		for _, d := range s.Runner.Destinations {
			out = append(out, known.target(d, s.TargetKinds[d.Name()], s.tx.Now()))
		}
		return nil
	})
	return out, err
}

// standings are how all targets stand, by name.
type standings struct {
	states map[string]store.TargetState
	late   map[string]store.Late
	held   map[string]int
}

// standings loads them: so many queries, whatever there is.
func (s *session) standings() (standings, error) {
	k := standings{states: map[string]store.TargetState{}, held: map[string]int{}}
	states, err := s.tx.TargetStates(s.ctx)
	if err != nil {
		return k, err
	}
	for _, state := range states {
		k.states[state.Name] = state
	}
	if k.late, err = s.tx.CountLate(s.ctx); err != nil {
		return k, err
	}
	held, err := s.tx.CountHeld(s.ctx)
	for _, c := range held {
		k.held[c.Target] += c.N
	}
	return k, err
}

func (k standings) target(d reconcile.Destination, setting TargetSetting, now time.Time) Target {
	name := d.Name()
	state, late := k.states[name], k.late[name]
	t := Target{
		Name: name, Kind: setting.Kind, Simulated: setting.Simulated, Unmanaged: string(d.Settings.Unmanaged),
		Managed: state.Managed, Overdue: late.Users, LastFullAt: instant(state.LastFullAt), LastOKAt: instant(state.LastOKAt),
		// The run may have been whole, and not all of it went through.
		LastError: cmp.Or(state.LastError, late.LastError), Held: k.held[name],
	}
	if late.Users > 0 {
		t.OverdueSeconds = int64(now.Sub(late.Since).Seconds())
	}
	return t
}
