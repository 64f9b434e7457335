package reconcile

import (
	"context"

	"birthright/rules"
	"birthright/store"
)

// Apart returns the crowd as other policies need it, of which nothing but the groups
// that constraints keep apart is different: who is in those is read again.
func (c Crowd) Apart(ctx context.Context, tx *store.Tx, engines ...*rules.Engine) (Crowd, error) {
	var err error
	c.World.Held, err = heldApart(ctx, tx, engines...)
	return c, err
}
