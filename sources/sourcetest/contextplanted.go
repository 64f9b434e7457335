package sourcetest

import (
	"context"
	"fmt"

	"birthright/identity"
	"birthright/sources"
)

// spoiledContext is a good context source with a planted fault.
type spoiledContext struct {
	sources.Context
	facts func(ctx context.Context, tell func(identity.Fact) error) (sources.Checkpoint, error)
}

func (s spoiledContext) Facts(ctx context.Context, tell func(identity.Fact) error) (sources.Checkpoint, error) {
	return s.facts(ctx, tell)
}

// throughFacts spoils what a read tells.
func throughFacts(spoil func(tell func(identity.Fact) error) func(identity.Fact) error) func(sources.Context) sources.Context {
	return func(good sources.Context) sources.Context {
		return spoiledContext{good, func(ctx context.Context, tell func(identity.Fact) error) (sources.Checkpoint, error) {
			return good.Facts(ctx, spoil(tell))
		}}
	}
}

func changeFacts(change func(*identity.Fact)) func(sources.Context) sources.Context {
	return throughFacts(func(tell func(identity.Fact) error) func(identity.Fact) error {
		return func(f identity.Fact) error { change(&f); return tell(f) }
	})
}

func changeFactsEnd(change func(sources.Checkpoint, error) (sources.Checkpoint, error)) func(sources.Context) sources.Context {
	return func(good sources.Context) sources.Context {
		return spoiledContext{good, func(ctx context.Context, tell func(identity.Fact) error) (sources.Checkpoint, error) {
			return change(good.Facts(ctx, tell))
		}}
	}
}

// skipFact loses the n-th fact.
func skipFact(n int) func(sources.Context) sources.Context {
	return throughFacts(func(tell func(identity.Fact) error) func(identity.Fact) error {
		i := 0
		return func(f identity.Fact) error {
			if i++; i == n {
				return nil
			}
			return tell(f)
		}
	})
}

// swallowFacts takes every end for a good one.
func swallowFacts(good sources.Context) sources.Context {
	return changeFactsEnd(func(c sources.Checkpoint, _ error) (sources.Checkpoint, error) {
		c.Complete = true
		return c, nil
	})(good)
}

// addFact makes a shift up.
func addFact(good sources.Context) sources.Context {
	return spoiledContext{good, func(ctx context.Context, tell func(identity.Fact) error) (sources.Checkpoint, error) {
		if err := tell(identity.Fact{Kind: identity.FactShift, Key: "ghost"}); err != nil {
			return sources.Checkpoint{}, err
		}
		return good.Facts(ctx, tell)
	}}
}

// renumberFacts gives keys by the number of the read.
func renumberFacts(good sources.Context) sources.Context {
	reads := 0
	return spoiledContext{good, func(ctx context.Context, tell func(identity.Fact) error) (sources.Checkpoint, error) {
		reads++
		return good.Facts(ctx, func(f identity.Fact) error { f.Key = fmt.Sprint(reads, f.Key); return tell(f) })
	}}
}

// rememberFacts tells again what it once told.
func rememberFacts(good sources.Context) sources.Context {
	var once []identity.Fact
	return spoiledContext{good, func(ctx context.Context, tell func(identity.Fact) error) (sources.Checkpoint, error) {
		if once == nil {
			return good.Facts(ctx, func(f identity.Fact) error { once = append(once, f); return tell(f) })
		}
		for _, f := range once {
			if err := tell(f); err != nil {
				return sources.Checkpoint{}, err
			}
		}
		return sources.Checkpoint{Complete: true, Seen: len(once)}, nil
	}}
}

// silent has a probe that says nothing.
func silent(good sources.Context) sources.Context { return quiet{good} }

type quiet struct{ sources.Context }

func (quiet) Probe(context.Context) (sources.Report, error) { return sources.Report{}, nil }
