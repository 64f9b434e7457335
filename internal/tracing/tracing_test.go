package tracing_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"birthright/identity"
	"birthright/internal/tracing"
)

// watched is a tracer and what it tells, at a share of traces.
func watched(sample float64) (*tracing.Tracer, *tracetest.InMemoryExporter) {
	told := tracetest.NewInMemoryExporter()
	return tracing.New(trace.NewTracerProvider(trace.WithSyncer(told), trace.WithSampler(trace.ParentBased(trace.TraceIDRatioBased(sample))))), told
}

// Work goes on in the trace of what it was made necessary by; where several things did, it
// links to the others.
func TestWorkFollowsItsCauses(t *testing.T) {
	tracer, told := watched(1)
	var places []string
	for range 2 {
		ctx, span := tracer.Serve(t.Context(), "request")
		places = append(places, tracing.Place(ctx))
		span.End(nil)
	}
	ctx, step := tracer.Follow(t.Context(), "work off", []string{"", places[0], places[1], places[0], "00-nonsense-01", "00-" + places[1]})
	_, inner := tracing.Start(ctx, "rules")
	inner.End(&identity.Error{Kind: identity.Denied, Err: errors.New("ada may not")})
	step.End(nil)

	spans := told.GetSpans()
	first, second, rules, work := spans[0], spans[1], spans[2], spans[3]
	if work.Parent.SpanID() != first.SpanContext.SpanID() || work.SpanContext.TraceID() != first.SpanContext.TraceID() {
		t.Error("the work is not part of the first trace")
	}
	if len(work.Links) != 1 || work.Links[0].SpanContext.TraceID() != second.SpanContext.TraceID() {
		t.Errorf("links: %v", work.Links)
	}
	if rules.Parent.SpanID() != work.SpanContext.SpanID() {
		t.Error("the rules are not part of the work")
	}
	if got := rules.Attributes[0]; string(got.Key) != "error.type" || got.Value.AsString() != string(identity.Denied) || rules.Status.Description != "" {
		t.Errorf("an error is told as %v, %q", got, rules.Status.Description)
	}
	if id := tracing.ID(ctx); id != first.SpanContext.TraceID().String() {
		t.Errorf("the trace is called %s", id)
	}
}

// Of what is not in the sample nothing is told, and nothing follows.
func TestTheSampleIsKeptTo(t *testing.T) {
	tracer, told := watched(0)
	ctx, span := tracer.Start(t.Context(), "import")
	inner, within := tracing.Start(ctx, "take in")
	within.Count(tracing.Users, 1)
	within.End(nil)
	span.End(nil)
	if diff := cmp.Diff([]string{"", ""}, []string{tracing.Place(inner), tracing.ID(ctx)}); diff != "" {
		t.Error(diff)
	}
	if n := len(told.GetSpans()); n != 0 {
		t.Errorf("%d spans", n)
	}
}

// off is what the code on everybody's way does where nobody wants traces.
func off(ctx context.Context, places []string, counts map[string]int) {
	var tracer *tracing.Tracer
	ctx, outer := tracer.Follow(ctx, "work off", places)
	ctx, span := tracing.Start(ctx, "apply")
	span.Target("wiki")
	span.Count(tracing.Changes, 1)
	span.Outcomes(counts)
	span.Changes(places)
	_ = tracing.Place(ctx)
	span.End(nil)
	outer.End(nil)
}

func TestNothingIsPaidForNoTraces(t *testing.T) {
	ctx, places, counts := t.Context(), []string{"a"}, map[string]int{"done": 1}
	if n := testing.AllocsPerRun(100, func() { off(ctx, places, counts) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkOff(b *testing.B) {
	ctx, places, counts := b.Context(), []string{"a"}, map[string]int{"done": 1}
	b.ReportAllocs()
	for b.Loop() {
		off(ctx, places, counts)
	}
}
