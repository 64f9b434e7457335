package metrics

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"birthright/store"
)

var (
	targetRead    = prometheus.NewDesc("birthright_target_last_full_read_timestamp_seconds", "End of the last whole read of the target.", []string{"target"}, nil)
	targetClean   = prometheus.NewDesc("birthright_target_last_success_timestamp_seconds", "End of the last run over everybody in which nothing failed on the target.", []string{"target"}, nil)
	targetFailing = prometheus.NewDesc("birthright_target_failing", "1 while the last run over everybody could not read the target.", []string{"target"}, nil)
	targetKnown   = prometheus.NewDesc("birthright_target_read_whole", "1 once the target was read whole; until then nothing is changed on it.", []string{"target"}, nil)
	targetManaged = prometheus.NewDesc("birthright_target_managed_assignments", "Assignments on the target that were the hub's after the last whole read.", []string{"target"}, nil)

	sourceRead    = prometheus.NewDesc("birthright_source_last_full_read_timestamp_seconds", "When the source was last read whole.", []string{"source"}, nil)
	sourceTried   = prometheus.NewDesc("birthright_source_last_read_timestamp_seconds", "When the source was last read, or the try failed.", []string{"source"}, nil)
	sourceFailing = prometheus.NewDesc("birthright_source_failing", "1 while the last read of the source failed or was held.", []string{"source"}, nil)
	sourcePushed  = prometheus.NewDesc("birthright_source_last_push_timestamp_seconds", "When the source last showed a token that is good.", []string{"source"}, nil)
)

// ofTargets is about the systems that access is synced to.
func (s *stored) ofTargets() reader {
	return reader{
		describes: []*prometheus.Desc{targetRead, targetClean, targetFailing, targetKnown, targetManaged},
		read: func(ctx context.Context, tx *store.Tx, out *figures) error {
			states, err := tx.TargetStates(ctx)
			known := map[string]store.TargetState{}
			for _, state := range states {
				known[state.Name] = state
			}
			for _, name := range s.o.Targets {
				state := known[name]
				out.moment(targetRead, state.LastFullAt, name)
				out.moment(targetClean, state.LastOKAt, name)
				out.add(targetFailing, truth(state.LastError != ""), name)
				out.add(targetKnown, truth(!state.LastFullAt.IsZero()), name)
				out.add(targetManaged, float64(state.Managed), name)
			}
			return err
		},
	}
}

// ofSources is about where truth about people comes from.
func (s *stored) ofSources() reader {
	return reader{
		describes: []*prometheus.Desc{sourceRead, sourceTried, sourceFailing, sourcePushed},
		read: func(ctx context.Context, tx *store.Tx, out *figures) error {
			states, err := tx.SourceStates(ctx)
			if err != nil {
				return err
			}
			known := map[string]store.SourceState{}
			for _, state := range states {
				known[state.Name] = state
			}
			pushed, err := tx.LastPushes(ctx)
			for _, name := range s.o.Sources {
				state := known[name]
				out.moment(sourceRead, state.LastCompleteAt, name)
				out.moment(sourceTried, state.LastAt, name)
				out.moment(sourcePushed, pushed[name], name)
				out.add(sourceFailing, truth(state.LastError != ""), name)
			}
			return err
		},
	}
}
