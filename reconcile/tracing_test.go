package reconcile_test

import (
	"context"
	"testing"

	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"birthright/identity"
	"birthright/internal/tracing"
	"birthright/reconcile"
	"birthright/store"
	"birthright/targets"
	"birthright/targets/memory"
)

// Two people are told of by two requests and worked on in one pass: it is part of the
// first trace and linked to the second. What a target could not take then goes on in each
// one's own trace.
func TestAPassFollowsThoseWhoMadeItNecessary(t *testing.T) {
	told := tracetest.NewInMemoryExporter()
	tracer := tracing.New(trace.NewTracerProvider(trace.WithSyncer(told)))
	h := newHub(t, `
groups: [{name: engineering, access: ["wiki:group/engineering"]}]
rules: [{name: engineers, when: 'user.department == "Engineering"', groups: [engineering]}]
`, func(o *reconcile.Options) { o.Traces = tracer })
	h.full()
	h.wiki.SetFaults(memory.Faults{Op: func(targets.Op) memory.Fault { return memory.Unreach }})
	places := map[string]string{}
	for _, name := range []string{"ada", "ben"} {
		ctx, span := tracer.Serve(h.Context(), "request")
		_, err := h.intake.Create(ctx, "hr", identity.Record{Attributes: attributes(name, "department", "Engineering")}, nil)
		h.must(err)
		span.End(nil)
		places[name] = tracing.Place(ctx)
	}
	told.Reset()
	h.steps()
	var pass tracetest.SpanStub
	for _, s := range told.GetSpans() {
		if s.Name == "work off" {
			pass = s
		}
	}
	of := func(name string) string { return places[name][3:35] }
	if got := pass.SpanContext.TraceID().String(); got != of("ada") || len(pass.Links) != 1 || pass.Links[0].SpanContext.TraceID().String() != of("ben") {
		t.Errorf("the pass is part of %s with links %v, want %v", got, pass.Links, places)
	}
	left := map[string]string{}
	h.view(func(ctx context.Context, tx *store.Tx) error {
		late, err := tx.Overdue(ctx, "wiki")
		for _, w := range late {
			u, err := tx.UserByN(ctx, w.UserN)
			h.must(err)
			left[u.UserName] = w.Trace
		}
		return err
	})
	h.same("what is left", left, places)
}
