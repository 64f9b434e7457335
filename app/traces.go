package app

import (
	"context"
	"net/http"
	"slices"

	"birthright/internal/tracing/otlp"
)

// openTraces has traces sent to the configured collector, if there is one. What is left
// is sent last, after everything that it tells of has ended.
func (a *App) openTraces(ctx context.Context) error {
	t := a.Config.Telemetry
	if t.TracesURL == "" {
		return nil
	}
	tracer, stop, err := otlp.Start(ctx, otlp.Options{URL: t.TracesURL, Sample: t.Sample, Version: a.Build.Version, Instance: a.NewID(), Log: a.Log})
	if err != nil {
		return err
	}
	a.traces = tracer
	a.closers.add("traces", stop)
	return nil
}

// traced begins a trace with each request that next answers, but for those of probes. What
// a client says of a trace of its own is not heard: anybody could fill the collector.
func (a *App) traced(next http.Handler) http.Handler {
	if a.traces == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if slices.Contains(probed, r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		ctx, span := a.traces.Serve(r.Context(), "request")
		defer span.End(nil)
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
