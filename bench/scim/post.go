package main

import (
	"context"
	"errors"
	"os"

	"birthright/bench/hub"
	"birthright/bench/measure"
)

// configuration is a hub that pushes end at: no target, so that no provisioning
// competes with them, and no policy, so that deciding finds nothing.
const configuration = `
server: {listen: "127.0.0.1:0"}
database: {url: "sqlite:hub.db"}
sources: [{name: idp, kind: scim}]
`

// withHub runs fn with a fresh hub that is served.
func withHub(ctx context.Context, fn func(dir string, h *hub.Hub, c *hub.Client) error) (err error) {
	dir, err := os.MkdirTemp("", "birthright-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	h, err := hub.Open(ctx, dir, configuration, "", nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close(ctx)) }()
	client, err := h.Serve(ctx)
	if err != nil {
		return err
	}
	return fn(dir, h, client)
}

// postHub pushes people into a hub.
func postHub(ctx context.Context, args []string) (result measure.Result, err error) {
	return result, withHub(ctx, func(dir string, h *hub.Hub, c *hub.Client) (err error) {
		if result, err = c.Push(ctx, args); err != nil {
			return err
		}
		result.Counts, err = rowsIn(ctx, dir)
		return err
	})
}
