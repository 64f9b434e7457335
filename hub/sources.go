package hub

import (
	"context"
	"time"

	"birthright/grants/approval"
	"birthright/rights"
	"birthright/store"
)

// Source is where truth about people comes from, and when it was last heard.
type Source struct {
	Name           string     `json:"name"`
	Kind           string     `json:"kind"`
	Schedule       string     `json:"schedule"`
	Pushes         bool       `json:"pushes" doc:"it says by itself what changed, and cannot be read"`
	Facts          bool       `json:"facts" doc:"it tells shifts and tickets instead of people"`
	Seen           int        `json:"seen" doc:"records told by the last whole read"`
	LastAt         *time.Time `json:"last_at"`
	LastCompleteAt *time.Time `json:"last_complete_at"`
	LastError      string     `json:"last_error"`
	Held           int        `json:"held" doc:"what waits for a person: the whole read, or records"`
}

// SourceDetail is all that is known of one source.
type SourceDetail struct {
	Source
	// Missing is what a guard holds of it: the people or groups that it lacks.
	Missing *HeldChange `json:"missing"`
	// Conversations is how many of its requests are kept, and Dialect whose habits it has.
	Conversations int    `json:"conversations_kept"`
	Dialect       string `json:"dialect"`
}

// AllSources lists the configured sources, in their order.
func (h *Hub) AllSources(ctx context.Context, a approval.Actor) (out []Source, err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadSources, rights.Relation{}); err != nil {
			return err
		}
		rows, err := s.tx.SourceStates(ctx)
		if err != nil {
			return err
		}
		states := map[string]store.SourceState{}
		for _, row := range rows {
			states[row.Name] = row
		}
		held, err := s.heldOfSources()
		out = []Source{}
		for _, setting := range s.Sources {
			out = append(out, viewSource(setting, states[setting.Name], held[setting.Name]))
		}
		return err
	})
	return out, err
}

// Source returns all that is known of one source; kind NotFound where there is none.
func (h *Hub) Source(ctx context.Context, a approval.Actor, name string) (out SourceDetail, err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadSources, rights.Relation{}); err != nil {
			return err
		}
		setting, err := s.source(name)
		if err != nil {
			return err
		}
		state, err := s.tx.SourceState(ctx, name)
		if err != nil {
			return err
		}
		held, err := s.heldOfSources()
		if err != nil {
			return err
		}
		out = SourceDetail{Source: viewSource(setting, state, held[name]), Conversations: setting.Inspect, Dialect: setting.Dialect}
		missing, err := s.tx.Held(ctx, store.HeldFilter{Kind: store.HeldMissing, Source: name, Limit: 1})
		for _, row := range missing {
			one := viewHeld(row)
			out.Missing = &one
		}
		return err
	})
	return out, err
}

func (s *session) heldOfSources() (map[string]int, error) {
	counts, err := s.tx.CountHeld(s.ctx)
	out := map[string]int{}
	for _, c := range counts {
		out[c.Source] += c.N
	}
	return out, err
}

func viewSource(setting SourceSetting, state store.SourceState, held int) Source {
	return Source{
		Name: setting.Name, Kind: setting.Kind, Schedule: setting.Schedule, Pushes: setting.Pushes, Facts: setting.Facts, Seen: state.Seen,
		LastAt: instant(state.LastAt), LastCompleteAt: instant(state.LastCompleteAt), LastError: state.LastError, Held: held,
	}
}
