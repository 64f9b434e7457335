package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"birthright/sources"
)

// endingCases are about when a pull is complete: the promise that everything
// else rests on.
func endingCases() []Case {
	return []Case{
		{
			Name: "counts what it told", Why: "the guard against a shrunken source works with that number",
			check: func(t testing.TB, h Harness) error {
				var got heard
				checkpoint, err := h.Open(t, company(h.Nested)).Source.Pull(t.Context(), "", &got)
				if err == nil && (checkpoint.Seen != len(got.records) || len(checkpoint.Gone) > 0) {
					err = fmt.Errorf("%d people were told, the checkpoint is %+v", len(got.records), checkpoint)
				}
				return err
			},
			plant: changeEnd(func(c sources.Checkpoint, err error) (sources.Checkpoint, error) { c.Seen++; return c, err }),
		},
		{
			Name: "a read that breaks off is an error", Why: "half a directory that goes for complete removes the other half's access",
			check: func(t testing.TB, h Harness) error {
				peer := h.Open(t, crowd(2500))
				if peer.Break == nil {
					return nil
				}
				peer.Break(t)
				checkpoint, err := peer.Source.Pull(t.Context(), "", &heard{})
				return unclaimed(checkpoint, err)
			},
			plant: swallow,
		},
		{
			Name: "a cancelled pull is an error", Why: "a pull that a shutdown ended would go for the whole truth",
			check: func(t testing.TB, h Harness) error {
				for _, after := range []int{0, 1, 600} {
					ctx, cancel := context.WithCancel(t.Context())
					sink := &heard{onRecord: func(n int) error {
						if n == after {
							cancel()
						}
						return nil
					}}
					if after == 0 {
						cancel()
					}
					checkpoint, err := h.Open(t, crowd(700)).Source.Pull(ctx, "", sink)
					cancel()
					if err := unclaimed(checkpoint, err); err != nil {
						return fmt.Errorf("cancelled after %d people: %w", after, err)
					}
					if !errors.Is(err, context.Canceled) {
						return fmt.Errorf("cancelled after %d people, the error does not say so: %w", after, err)
					}
				}
				return nil
			},
			plant: swallow,
		},
		{
			Name: "the sink's error ends the pull and comes back as it is", Why: "the caller must know its own error again: a full disk is no fault of the source",
			check: func(t testing.TB, h Harness) error {
				full := errors.New("the sink is full")
				refuse := func() error { return full }
				for what, sink := range map[string]*heard{
					"first person": {onRecord: func(int) error { return full }},
					"later person": {onRecord: func(n int) error {
						if n > 2 {
							return full
						}
						return nil
					}},
					"group": {onGroup: refuse},
				} {
					checkpoint, err := h.Open(t, company(h.Nested)).Source.Pull(t.Context(), "", sink)
					if checkpoint.Complete || err != full { //nolint:errorlint // as it is, not wrapped
						return fmt.Errorf("refused at the %s: ended with %+v, %v", what, checkpoint, err)
					}
				}
				return nil
			},
			plant: changeEnd(func(c sources.Checkpoint, err error) (sources.Checkpoint, error) {
				if err != nil {
					err = fmt.Errorf("pull: %w", err)
				}
				return c, err
			}),
		},
		{
			Name: "a pull after a failed one is whole", Why: "a fault must not leave anything behind that spoils the next read",
			check: func(t testing.TB, h Harness) error {
				source := h.Open(t, company(h.Nested)).Source
				if _, err := source.Pull(t.Context(), "", &heard{onRecord: func(int) error { return errors.New("not now") }}); err == nil {
					return errors.New("a pull into a sink that refuses went well")
				}
				got, err := pull(t.Context(), source)
				if err != nil {
					return err
				}
				return got.matches(company(h.Nested))
			},
			plant: resume,
		},
		{
			Name: "a pull from a cursor is never complete", Why: "whatever did not change would be taken for gone",
			check: func(t testing.TB, h Harness) error {
				source := h.Open(t, company(h.Nested)).Source
				checkpoint, err := source.Pull(t.Context(), "", &heard{})
				if err != nil || checkpoint.Cursor == "" {
					return err
				}
				checkpoint, err = source.Pull(t.Context(), checkpoint.Cursor, &heard{})
				if err == nil && checkpoint.Complete {
					err = errors.New("a pull from a cursor was complete")
				}
				return err
			},
			plant: changeEnd(func(c sources.Checkpoint, err error) (sources.Checkpoint, error) { c.Cursor = "7"; return c, err }),
		},
	}
}

// unclaimed expects an error and no claim.
func unclaimed(checkpoint sources.Checkpoint, err error) error {
	switch {
	case err == nil:
		return fmt.Errorf("it ended well, with %+v", checkpoint)
	case checkpoint.Complete:
		return fmt.Errorf("complete in spite of %w", err)
	}
	return nil
}
