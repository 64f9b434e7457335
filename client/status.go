package client

import (
	"context"

	"birthright/grants/approval"
	"birthright/hub"
)

// Status tells how the hub is.
func (c Hub) Status(ctx context.Context, _ approval.Actor) (out hub.Status, err error) {
	return out, c.get(ctx, "/status", nil, &out)
}
