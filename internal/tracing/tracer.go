package tracing

import (
	"context"

	"go.opentelemetry.io/otel/trace"
)

// scope is the name under which the spans are made.
const scope = "birthright"

// mostLinks is how many causes a span names besides the one that it continues.
const mostLinks = 100

// Tracer begins traces; nil begins none.
type Tracer struct{ spans trace.Tracer }

// New returns a Tracer that makes its spans with p.
func New(p trace.TracerProvider) *Tracer { return &Tracer{spans: p.Tracer(scope)} }

// Start begins a span of the trace that ctx is in, or of a new trace where it is in none.
// The caller ends it.
func (t *Tracer) Start(ctx context.Context, name string) (context.Context, *Span) {
	if t == nil {
		return ctx, nil
	}
	return begin(ctx, t.spans, name)
}

// Serve begins a new trace with a request of some method.
func (t *Tracer) Serve(ctx context.Context, method string) (context.Context, *Span) {
	if t == nil {
		return ctx, nil
	}
	return begin(ctx, t.spans, method, trace.WithSpanKind(trace.SpanKindServer), trace.WithNewRoot())
}

// Follow begins a span for work that several things made necessary, told by their
// places: it continues the trace of the first and links to the others. Without a place it
// is Start.
func (t *Tracer) Follow(ctx context.Context, name string, places []string) (context.Context, *Span) {
	if t == nil {
		return ctx, nil
	}
	var causes []trace.SpanContext
	met := map[string]bool{}
	for _, p := range places {
		if p == "" || met[p] || len(causes) > mostLinks {
			continue
		}
		met[p] = true
		if cause, ok := find(p); ok {
			causes = append(causes, cause)
		}
	}
	if len(causes) == 0 {
		return t.Start(ctx, name)
	}
	links := make([]trace.Link, len(causes)-1)
	for i, cause := range causes[1:] {
		links[i].SpanContext = cause
	}
	return begin(trace.ContextWithRemoteSpanContext(ctx, causes[0]), t.spans, name, trace.WithLinks(links...), trace.WithSpanKind(trace.SpanKindConsumer))
}

// Start begins a span of the trace that ctx is in, and none where it is in none.
func Start(ctx context.Context, name string) (context.Context, *Span) {
	around := trace.SpanFromContext(ctx)
	if !around.IsRecording() {
		return ctx, nil
	}
	return begin(ctx, around.TracerProvider().Tracer(scope), name)
}

// Current is the span that ctx is in, nil for none.
func Current(ctx context.Context) *Span { return recorded(trace.SpanFromContext(ctx)) }

func begin(ctx context.Context, by trace.Tracer, name string, options ...trace.SpanStartOption) (context.Context, *Span) {
	ctx, span := by.Start(ctx, name, options...)
	return ctx, recorded(span)
}

// recorded is nil for a span that is not one of the sample.
func recorded(span trace.Span) *Span {
	if !span.IsRecording() {
		return nil
	}
	return &Span{span}
}
