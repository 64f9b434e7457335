package tracing

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel/trace"
)

// The parts of a place around its two ids, as in the header traceparent (W3C Trace Context,
// section 3.2.2): version 00, and the flag that says that the trace is one of the sample.
const (
	placeStart = "00-"
	placeEnd   = "-01"
)

// Place is where ctx is in its trace, to be kept with work that follows later; "" where it
// is in none, or in one that is not part of the sample.
func Place(ctx context.Context) string {
	at := trace.SpanContextFromContext(ctx)
	if !at.IsValid() || !at.IsSampled() {
		return ""
	}
	return placeStart + at.TraceID().String() + "-" + at.SpanID().String() + placeEnd
}

// ID is the id of the trace that ctx is in, for the log; "" as Place.
func ID(ctx context.Context) string {
	at := trace.SpanContextFromContext(ctx)
	if !at.IsValid() || !at.IsSampled() {
		return ""
	}
	return at.TraceID().String()
}

// find reads what Place wrote.
func find(place string) (trace.SpanContext, bool) {
	ids, started := strings.CutPrefix(place, placeStart)
	ids, ended := strings.CutSuffix(ids, placeEnd)
	whole, part, both := strings.Cut(ids, "-")
	if !started || !ended || !both {
		return trace.SpanContext{}, false
	}
	traceID, err := trace.TraceIDFromHex(whole)
	if err != nil {
		return trace.SpanContext{}, false
	}
	spanID, err := trace.SpanIDFromHex(part)
	if err != nil {
		return trace.SpanContext{}, false
	}
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: traceID, SpanID: spanID, TraceFlags: trace.FlagsSampled, Remote: true}), true
}
