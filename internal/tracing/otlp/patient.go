package otlp

import (
	"context"
	"log/slog"
	"sync/atomic"

	"go.opentelemetry.io/otel/sdk/trace"
)

// patient sends spans, says once that it cannot and once that it can again, and gives up
// with the program.
type patient struct {
	trace.SpanExporter
	over    context.Context //nolint:containedctx // the life of the program, besides that of one delivery
	log     *slog.Logger
	failing atomic.Bool
}

// ExportSpans implements trace.SpanExporter.
func (p *patient) ExportSpans(ctx context.Context, spans []trace.ReadOnlySpan) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(p.over, cancel)()
	err := p.SpanExporter.ExportSpans(ctx, spans)
	switch failed := err != nil; {
	case p.failing.Swap(failed) == failed:
	case failed:
		p.log.Warn("traces cannot be sent; they are dropped until they can", "error", err)
	default:
		p.log.Info("traces can be sent again")
	}
	return nil // it is told already
}
