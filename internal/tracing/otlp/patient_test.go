package otlp

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/sdk/trace"
)

// answering is an exporter that gives the next of some answers, and waits where there is none.
type answering struct{ answers []error }

func (a *answering) ExportSpans(ctx context.Context, _ []trace.ReadOnlySpan) error {
	if len(a.answers) == 0 {
		<-ctx.Done()
		return ctx.Err()
	}
	next := a.answers[0]
	a.answers = a.answers[1:]
	return next
}

func (*answering) Shutdown(context.Context) error { return nil }

// Whether traces can be sent is told when it changes, and not with each of them; the end of
// the program ends what is on its way.
func TestFailuresAreToldOnce(t *testing.T) {
	var log bytes.Buffer
	over, giveUp := context.WithCancel(t.Context())
	away := errors.New("connection refused")
	answers := []error{nil, away, away, nil, nil, away}
	p := &patient{SpanExporter: &answering{answers: answers}, over: over, log: slog.New(slog.NewTextHandler(&log, nil))}
	for range answers {
		if err := p.ExportSpans(t.Context(), nil); err != nil {
			t.Errorf("it is told by others too: %v", err)
		}
	}
	giveUp()
	_ = p.ExportSpans(t.Context(), nil)
	var levels []string
	for line := range strings.Lines(log.String()) {
		_, rest, _ := strings.Cut(line, "level=")
		level, _, _ := strings.Cut(rest, " ")
		levels = append(levels, level)
	}
	if diff := cmp.Diff([]string{"WARN", "INFO", "WARN"}, levels); diff != "" {
		t.Error(diff, log.String())
	}
}
