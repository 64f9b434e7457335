package reconcile

import (
	"context"

	"birthright/targets"
)

// A target that can tell whether anything changed on it (targets.Watermarker)
// spares a run the reading. Its mark moves with our own changes too: the mark
// that they leave is kept if, as far as can be told, nobody else moved it.

// trusted reports whether what is remembered may stand for the target.
func (p *prepared) trusted(ctx context.Context) bool {
	if p.state.LastFullAt.IsZero() || len(p.leftovers) > 0 {
		return false
	}
	m, ok := p.dest.Target.(targets.Watermarker)
	if !ok {
		return true
	}
	mark, err := m.Watermark(ctx)
	return err == nil && mark == p.state.Watermark
}

// checkMark notes whether the target is still as the picture shows it, just
// before it is changed: only then may the mark that our own changes leave stand
// for it. Otherwise the old mark stays, and the next run reads it whole.
func (a *applier) checkMark(ctx context.Context) {
	m, ok := a.dest.Target.(targets.Watermarker)
	if !ok || len(a.changes) == 0 {
		return
	}
	expected := a.state.Watermark
	if a.whole {
		expected = a.watermark
	}
	mark, err := m.Watermark(ctx)
	a.markTrusted = err == nil && mark == expected
}

// takeMark asks for the mark after our own changes.
func (a *applier) takeMark(ctx context.Context) {
	m, ok := a.dest.Target.(targets.Watermarker)
	if !ok || !a.markTrusted || len(a.owed) > 0 {
		return
	}
	if mark, err := m.Watermark(ctx); err == nil {
		a.markAfter = mark
	}
}
