package google

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// atOnce is how many requests of a read are on their way at a time.
const atOnce = 6

// parallel asks for something of each, and returns the answers in order.
func parallel[In, Out any](ctx context.Context, in []In, ask func(context.Context, In) (Out, error)) ([]Out, error) {
	out := make([]Out, len(in))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for i, each := range in {
		g.Go(func() (err error) {
			out[i], err = ask(ctx, each)
			return err
		})
	}
	return out, g.Wait()
}
