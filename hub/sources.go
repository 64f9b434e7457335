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
	Seen           int        `json:"seen" doc:"records told by the last whole read; of one that pushes, what it has told and not taken back, 100000 where there are more"`
	LastAt         *time.Time `json:"last_at" doc:"when it was read last; of one that pushes, when it last came with a token of its own"`
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
		states, err := s.sourceStates()
		if err != nil {
			return err
		}
		held, err := s.heldOfSources()
		if err != nil {
			return err
		}
		out = []Source{}
		for _, setting := range s.Sources {
			state, err := s.counted(setting, states[setting.Name])
			if err != nil {
				return err
			}
			out = append(out, viewSource(setting, state, held[setting.Name]))
		}
		return nil
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
		states, err := s.sourceStates()
		if err != nil {
			return err
		}
		state, err := s.counted(setting, states[name])
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

// sourceStates tells how the configured sources were last heard, by name: those that are
// read by their last read, those that push by the last time that one came with its token.
func (s *session) sourceStates() (map[string]store.SourceState, error) {
	rows, err := s.tx.SourceStates(s.ctx)
	if err != nil {
		return nil, err
	}
	pushed, err := s.tx.LastPushes(s.ctx)
	out := map[string]store.SourceState{}
	for _, row := range rows {
		out[row.Name] = row
	}
	for _, setting := range s.Sources {
		if at, told := pushed[setting.Name]; setting.Pushes && told {
			state := out[setting.Name]
			state.LastAt = at
			out[setting.Name] = state
		}
	}
	return out, err
}

// counted fills in how much a source that pushes has told: no read of it counts that.
func (s *session) counted(setting SourceSetting, state store.SourceState) (store.SourceState, error) {
	if !setting.Pushes || setting.Facts {
		return state, nil
	}
	n, err := s.tx.CountRecords(s.ctx, setting.Name)
	state.Seen = n
	return state, err
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
