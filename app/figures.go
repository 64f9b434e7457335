package app

import (
	"context"

	"birthright/app/metrics"
	"birthright/intake"
	"birthright/internal/tracing"
)

// newMetrics makes the figures that /metrics shows.
func (a *App) newMetrics() *metrics.Metrics {
	o := metrics.Options{Store: a.Store, Targets: a.targetNames(), Build: a.Build, Now: a.Now, Policy: func() metrics.Policy {
		inForce := a.policy.loaded.Load()
		return metrics.Policy{Version: inForce.version(), Loaded: inForce.at, Refused: a.policy.refusal.Load() != nil}
	}}
	for _, s := range a.sources {
		o.Sources = append(o.Sources, s.Name)
	}
	for _, r := range a.receivers {
		o.Receivers = append(o.Receivers, r.Name)
	}
	for _, c := range a.Config.Notify {
		o.Channels = append(o.Channels, c.Name)
	}
	return metrics.New(o)
}

// timed reads a source, and counts and traces how that went.
func (a *App) timed(ctx context.Context, s Source, read func(context.Context, Source) (intake.Report, error)) (report intake.Report, err error) {
	ctx, span := a.traces.Start(ctx, "import")
	defer func() { span.End(err) }()
	span.Source(s.Name)
	began := a.Now()
	report, err = read(ctx, s)
	span.Count(tracing.Seen, report.Seen)
	span.Count(tracing.Changed, report.Added+report.Changed)
	span.Count(tracing.Gone, report.Gone)
	span.Count(tracing.Held, report.Ambiguous)
	a.figures.Imported(s.Name, a.Now().Sub(began), err)
	return report, err
}
